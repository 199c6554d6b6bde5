// Ticks on one's own messages: one for sent, two for delivered, two coloured ones for read.

const RANK = { sent: 1, delivered: 2, read: 3 };

customElements.define("message-receipts", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.list = this.socket.querySelector("message-list");
    this.sign = document.getElementById("sign-receipt").content.firstElementChild;
    this.socket.addEventListener("messages:arranged", () => this.show());
    this.socket.addEventListener("live:message_status", (event) => this.mark(event.detail));
    this.show();
  }

  mine() {
    return this.list.querySelectorAll("message-groups > .message[data-mine]");
  }

  show() {
    for (const message of this.mine()) this.tick(message);
  }

  mark({ delivered, read }) {
    for (const message of this.mine()) {
      const position = Number(message.dataset.position);
      const status = position <= read ? "read" : position <= delivered ? "delivered" : "sent";
      if (RANK[status] > RANK[message.dataset.status]) message.dataset.status = status;
    }
    this.show();
  }

  tick(message) {
    const meta = message.querySelector(".message-meta");
    const sign = meta.querySelector(".receipt") ?? meta.appendChild(this.sign.cloneNode(true));
    const { status } = message.dataset;
    if (sign.dataset.status === status) return;
    sign.dataset.status = status;
    sign.ariaLabel = this.list.getAttribute(`data-text-${status}`);
    const use = sign.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, status === "sent" ? "#check" : "#check-double"));
  }
});
