// The list of chats: marks the open one, counts what is unread, and moves with Alt and the arrows.

customElements.define("chat-list", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", (event) => this.pressed(event));
    document.body.addEventListener("htmx:pushedIntoHistory", () => this.found());
    document.body.addEventListener("htmx:historyRestore", () => this.mark());
    document.addEventListener("live:open", (event) => {
      if (event.detail.again && event.target.contains(this)) this.renew();
    });
    document.addEventListener("live:chat_gone", (event) => { document.getElementById(event.detail.id)?.remove(); this.mark(); });
    this.addEventListener("htmx:afterSettle", () => this.mark());
    this.mark();
  }

  renew() {
    htmx.ajax("GET", "/chats", { target: this, swap: "innerHTML" });
  }

  // What was looked for is open now: the whole list comes back.
  found() {
    this.going = undefined;
    const field = document.getElementById("q");
    if (field.value && this.rows().some((row) => row.pathname === location.pathname)) { field.value = ""; this.renew(); }
    this.mark();
  }

  rows() { return [...this.querySelectorAll(".chat-row")]; }

  mark() {
    const viewer = document.body.dataset.viewer;
    let count = 0;
    let waiting = false;
    for (const row of this.rows()) {
      const open = row.pathname === location.pathname;
      if (open) row.setAttribute("aria-current", "page");
      else row.removeAttribute("aria-current");
      row.toggleAttribute("data-mine", row.dataset.author === viewer);
      waiting ||= row.dataset.unread !== "0";
      if (row.dataset.muted === undefined) count += Number(row.dataset.unread);
    }
    document.getElementById("read-all").hidden = !waiting;
    document.dispatchEvent(new CustomEvent("unread:changed", { detail: { count } }));
  }

  pressed(event) {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const rows = this.rows();
    // The next key may come before the chat of the last one stands there.
    const here = rows.findIndex((row) => (this.going ? row.id === this.going : row.ariaCurrent));
    const wanted = (row) => row && (!event.shiftKey || Number(row.dataset.unread) > 0);
    for (let index = here + step; index >= 0 && index < rows.length; index += step) {
      if (!wanted(rows[index])) continue;
      this.going = rows[index].id;
      rows[index].scrollIntoView({ block: "nearest" });
      return rows[index].click();
    }
  }
});
