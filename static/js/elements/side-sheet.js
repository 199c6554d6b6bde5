// The sheet beside a chat: closes, gives the focus back, and asks again when members change.

customElements.define("side-sheet", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.addEventListener("click", (event) => event.target.closest('[data-closes="sheet"]') && this.close());
    this.addEventListener("htmx:afterSwap", () => this.opened());
    document.addEventListener("live:members_changed", () => this.again(), { signal: this.stop.signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  opened() {
    this.opener ??= document.activeElement;
    this.querySelector(".sheet-close")?.focus();
  }

  close() {
    this.replaceChildren();
    this.opener?.focus();
    this.opener = null;
  }

  again() {
    const place = this.querySelector(".sheet-body")?.dataset.place;
    if (place) htmx.ajax("GET", `${place}/about`, { target: this, swap: "innerHTML" });
  }
});
