// Shows on the messages of this chat which ones have a star of mine.

customElements.define("message-stars", class extends HTMLElement {
  connectedCallback() {
    this.ids = new Set(this.dataset.ids.split(" "));
    this.list = this.closest("live-socket").querySelector("message-list");
    this.list.addEventListener("messages:arranged", () => this.show());
    this.list.addEventListener("message:starred", (event) => {
      this.ids[event.detail.on ? "add" : "delete"](event.detail.id);
      this.show();
    });
    this.show();
  }

  show() {
    for (const message of this.list.querySelectorAll(".message")) message.toggleAttribute("data-starred", this.ids.has(message.id.slice(8)));
  }
});
