// Draws the line above what is new, opens there, and tells the server what has been read: on screen, in the focused
// tab, for half a second.

const PAUSE = 500;

customElements.define("read-marker", class extends HTMLElement {
  connectedCallback() {
    this.list = document.querySelector("message-list");
    this.groups = this.list.querySelector("message-groups");
    this.position = Number(this.dataset.position);
    this.stop = new AbortController();
    const signal = this.stop.signal;
    for (const name of ["messages:scrolled", "messages:taken", "messages:arranged"]) this.list.addEventListener(name, () => this.soon(), { signal });
    for (const name of ["focus", "resize"]) window.addEventListener(name, () => this.soon(), { signal });
    document.addEventListener("live:open", () => this.soon(), { signal });
    this.draw();
    this.soon();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  draw() {
    const viewer = document.body.dataset.viewer;
    const messages = [...this.groups.querySelectorAll(".message")];
    const first = messages.find((node) => Number(node.dataset.position) > this.position && node.dataset.author !== viewer && !node.dataset.kind);
    if (!first || location.hash) return;
    const line = document.createElement("div");
    line.className = "divider";
    line.id = "unread";
    line.textContent = this.list.dataset.textUnread;
    first.before(line);
    this.groups.arrange();
    const room = this.list.getBoundingClientRect();
    if (line.getBoundingClientRect().top >= room.top + 60) return;
    this.list.sticks = false;
    this.list.scrollTop += line.getBoundingClientRect().top - room.top - room.height / 4;
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE);
  }

  look() {
    if (!document.hasFocus() || document.visibilityState !== "visible") return;
    const edge = this.list.getBoundingClientRect().bottom - 24;
    const seen = [...this.groups.querySelectorAll(".message")].findLast((node) => node.getBoundingClientRect().top < edge);
    if (!seen || Number(seen.dataset.position) <= this.position) return;
    const frame = { type: "message_status", payload: { id: Number(seen.id.slice("message-".length)), status: "read" } };
    this.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: frame }));
    if (frame.sent) this.position = Number(seen.dataset.position);
  }
});
