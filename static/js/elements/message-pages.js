// Asks for older and newer pages before the reader gets there, and lets go of what is far away.

const AHEAD = "1400px 0px";
const MOST = 300;

customElements.define("message-pages", class extends HTMLElement {
  connectedCallback() {
    const root = this.closest("message-list");
    this.near = new IntersectionObserver((entries) => {
      for (const entry of entries) if (entry.isIntersecting) htmx.trigger(entry.target, "near");
    }, { root, rootMargin: AHEAD });
    this.addEventListener("messages:arranged", () => this.look());
    this.addEventListener("htmx:beforeSwap", (event) => { this.up = event.target.id === "older"; });
    root.addEventListener("messages:paged", () => this.trim());
    this.look();
  }

  disconnectedCallback() {
    this.near.disconnect();
  }

  // htmx listens from DOMContentLoaded on; observers report later than that.
  look() {
    this.near.disconnect();
    for (const link of this.querySelectorAll("#older, #newer")) this.near.observe(link);
  }

  trim() {
    const { up } = this;
    const messages = [...this.querySelectorAll(".message:not([data-pending])")];
    const spare = messages.length - MOST;
    if (spare <= 0) return;
    const gone = up ? messages.slice(-spare) : messages.slice(0, spare);
    const edge = up ? messages.at(-spare - 1) : messages[spare];
    for (const node of gone) node.remove();
    this.mend(up ? "newer" : "older", edge);
  }

  mend(id, edge) {
    document.getElementById(id)?.remove();
    const place = this.closest("live-socket").dataset.place;
    const address = `${place}?${id === "newer" ? "after" : "before"}=${edge.dataset.position}`;
    const link = document.createElement("a");
    link.id = id;
    link.className = "page-link";
    link.href = address;
    for (const [name, value] of [["hx-get", address], ["hx-trigger", "near, click"], ["hx-swap", "outerHTML"], ["hx-sync", "this:drop"]]) link.setAttribute(name, value);
    edge.parentElement[id === "newer" ? "append" : "prepend"](link);
    htmx.process(link);
  }
});
