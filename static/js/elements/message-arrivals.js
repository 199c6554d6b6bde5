// The tray where fragments land. Each message goes from here to where it belongs, by id and position: in place of an
// older state of itself, after the last one, or nowhere when its page is not loaded. A double does no harm.

customElements.define("message-arrivals", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.list = this.socket.querySelector("message-list");
    this.watch = new MutationObserver(() => this.take());
    this.watch.observe(this, { childList: true });
  }

  disconnectedCallback() {
    this.watch.disconnect();
  }

  take() {
    const arrived = [...this.querySelectorAll(".message")];
    if (!arrived.length) return;
    this.replaceChildren();
    const { groups } = this.list;
    const place = this.list.remember();
    const fresh = arrived.filter((node) => this.put(node, groups));
    groups.arrange();
    const mine = fresh.some((node) => node.hasAttribute("data-mine"));
    const detail = { fresh, arrived, seen: place.atEnd };
    this.list.dispatchEvent(new CustomEvent("messages:taken", { bubbles: true, detail }));
    this.list.restore(mine ? { atEnd: true } : place);
    this.list.tell();
  }

  // True when it is a new one at the end.
  put(node, groups) {
    const revision = Number(node.dataset.revision);
    if (revision > Number(this.socket.dataset.revision)) this.socket.dataset.revision = revision;
    const old = document.getElementById(node.id);
    if (old) {
      if (revision >= Number(old.dataset.revision)) this.renew(old, node);
      return false;
    }
    const last = [...groups.querySelectorAll(":scope > .message")].at(-1);
    if (document.getElementById("newer") || Number(node.dataset.position) <= Number(last?.dataset.position)) return false;
    node.dataset.new = "";
    groups.append(node);
    return true;
  }

  renew(old, node) {
    Idiomorph.morph(old, node.outerHTML);
    htmx.process(document.getElementById(node.id));
  }
});
