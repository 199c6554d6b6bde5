// The round button: shown away from the end, counts what came meanwhile, leads to the end.

customElements.define("jump-button", class extends HTMLElement {
  connectedCallback() {
    const list = document.querySelector("message-list");
    this.link = this.querySelector("a");
    this.badge = this.querySelector(".badge");
    this.count = 0;
    list.addEventListener("messages:scrolled", (event) => this.show(event.detail.atEnd));
    list.addEventListener("messages:taken", (event) => this.add(event.detail));
    this.link.addEventListener("click", (event) => this.jump(event, list));
  }

  show(atEnd) {
    this.hidden = atEnd;
    if (atEnd) this.count = 0;
    this.badge.hidden = this.count === 0;
    this.badge.textContent = this.count;
  }

  add({ fresh, seen }) {
    if (!seen) this.count += fresh.filter((node) => !node.hasAttribute("data-mine")).length;
    this.show(seen);
  }

  // With the end loaded it is a scroll; otherwise the link loads the chat anew at its end.
  jump(event, list) {
    if (list.querySelector("#newer")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    list.scrollTo({ top: list.scrollHeight, behavior: "smooth" });
  }
});
