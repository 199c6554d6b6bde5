// Shows on the messages of this chat which ones have a star of mine, put there on this device or another.

customElements.define("message-stars", class extends HTMLElement {
  connectedCallback() {
    this.ids = new Set(this.dataset.ids.split(" "));
    const socket = this.closest("live-socket");
    this.list = socket.querySelector("message-list");
    this.list.addEventListener("messages:arranged", () => this.show());
    socket.addEventListener("live:star", ({ detail: { id, on } }) => {
      this.ids[on ? "add" : "delete"](id);
      this.show();
    });
    this.show();
  }

  show() {
    for (const message of this.list.querySelectorAll(".message")) message.toggleAttribute("data-starred", this.ids.has(message.id.slice(8)));
  }
});
