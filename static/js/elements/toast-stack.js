// Short notes at the bottom: from the server's answers, or a "toast" event. Each leaves after a while, but not from under the pointer.

const STAYS = 5000;

customElements.define("toast-stack", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", (event) => this.add(event.detail));
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) addedNodes.forEach((node) => this.leave(node));
    }).observe(this, { childList: true });
    for (const note of this.children) this.leave(note);
  }

  add(text) {
    this.append(Object.assign(document.createElement("p"), { className: "toast", textContent: text }));
  }

  leave(note) {
    if (note.nodeType !== Node.ELEMENT_NODE) return;
    const asks = note.matches("form");
    const go = () => (note.matches(":hover, :focus-within") ? setTimeout(go, STAYS) : note.remove());
    setTimeout(go, asks ? 2 * STAYS : STAYS);
    note.addEventListener(asks ? "htmx:afterRequest" : "click", () => note.remove());
  }
});
