// Reads out what arrives, one message or a sum of them, never each of many.

const GATHER = 1200;

customElements.define("live-announcer", class extends HTMLElement {
  connectedCallback() {
    this.waiting = [];
    document.addEventListener("messages:taken", (event) => this.gather(event.detail.fresh));
  }

  gather(nodes) {
    this.waiting.push(...nodes.filter((node) => !node.hasAttribute("data-mine")));
    if (this.waiting.length) this.timer ??= setTimeout(() => this.speak(), GATHER);
  }

  speak() {
    const nodes = this.waiting.splice(0);
    this.timer = undefined;
    const name = (node) => node.querySelector(".message-author, bdi")?.textContent.trim();
    const names = [...new Set(nodes.map(name))];
    const text = nodes.length === 1
      ? `${names[0]}: ${nodes[0].querySelector(".message-text, p")?.textContent.trim().slice(0, 300) ?? ""}`
      : this.dataset.many.replace("{count}", nodes.length).replace("{names}", names.slice(0, 3).join(", "));
    this.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
  }
});
