// Says so when the line is gone for more than five seconds, and how many messages wait.

const PATIENCE = 5000;

customElements.define("connection-banner", class extends HTMLElement {
  connectedCallback() {
    this.down = new Set();
    this.count = 0;
    document.addEventListener("live:closed", (event) => this.lost(event.target));
    document.addEventListener("live:open", (event) => this.back(event.target));
    document.addEventListener("outbox:changed", (event) => { this.count = event.detail.count; this.say(); });
  }

  lost(socket) {
    if (!socket.isConnected) return;
    this.down.add(socket);
    this.timer ??= setTimeout(() => { this.say(); this.hidden = false; }, PATIENCE);
  }

  back(socket) {
    this.down.delete(socket);
    for (const one of this.down) if (!one.isConnected) this.down.delete(one);
    if (this.down.size) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.hidden = true;
  }

  say() {
    this.textContent = this.count ? this.dataset.waiting.replace("{count}", this.count) : this.dataset.text;
  }
});
