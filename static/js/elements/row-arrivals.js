// The tray where rows of the list land: each takes the place of an older state of itself, and the latest comes on top.

customElements.define("row-arrivals", class extends HTMLElement {
  connectedCallback() {
    this.list = document.getElementById("rows");
    new MutationObserver(() => this.take()).observe(this, { childList: true });
  }

  take() {
    const rows = this.querySelectorAll(".chat-row");
    if (!rows.length) return;
    const searching = document.getElementById("q").value !== "";
    for (const row of rows) {
      const old = this.list.querySelector(`[id="${row.id}"]`);
      if (old?.pathname === row.pathname) this.renew(old, row);
      else if (old) old.replaceWith(row);
      else if (!searching) this.list.prepend(row);
    }
    this.replaceChildren();
    if (!searching) this.sort();
    this.list.mark();
  }

  // The row itself stays: a press, the focus and a chat on its way are not lost.
  renew(old, { attributes, childNodes }) {
    for (const name of Object.keys(old.dataset)) delete old.dataset[name];
    for (const { name, value } of attributes) if (name.startsWith("data-")) old.setAttribute(name, value);
    old.replaceChildren(...childNodes);
  }

  // Not under a finger that is just pressing.
  sort() {
    const { list } = this;
    if (list.querySelector(".chat-row:active")) return addEventListener("pointerup", () => setTimeout(() => this.sort()), { once: true });
    const { activeElement: focus } = document;
    const rank = (row) => (row.dataset.pinned ? 1e15 : 0) + Number(row.dataset.activeAt);
    list.querySelector(".chat-list-empty")?.remove();
    let place = list.firstElementChild;
    for (const row of list.rows().sort((a, b) => rank(b) - rank(a))) {
      if (row === place) place = row.nextElementSibling;
      else list.insertBefore(row, place);
    }
    if (list.contains(focus)) focus.focus({ preventScroll: true });
  }
});
