// Makes "@bob" a link where the server says that bob is mentioned, and marks the mention of oneself.

customElements.define("message-mentions", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.socket.addEventListener("messages:arranged", () => this.show());
    this.show();
  }

  show() {
    for (const message of this.socket.querySelectorAll("message-groups > .message[data-mentions]")) {
      const text = message.querySelector(".message-text");
      if (text && !text.querySelector(".mention")) this.link(text, message.dataset.mentions.split(" "));
    }
  }

  link(text, logins) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("a, code")) nodes.push(walker.currentNode);
    for (const node of nodes) {
      const parts = node.data.split(/(@[\p{L}\p{N}_.-]+)/u);
      if (parts.length > 1) node.replaceWith(...parts.map((part) => this.piece(part, logins)));
    }
  }

  piece(part, logins) {
    const login = logins.find((one) => part === `@${one}` || part === `@${one}.`);
    if (!login) return part;
    const link = Object.assign(document.createElement("a"), { className: "mention", href: `/people/${encodeURIComponent(login)}`, textContent: part });
    if (login === document.body.dataset.viewer) link.dataset.me = "";
    return link;
  }
});
