// The scrolling stream: opens at its end, keeps the reader's place, sticks to the end while he is there.

const NEAR_END = 100;

customElements.define("message-list", class extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const on = (name, act) => this.addEventListener(name, act, { signal: this.stop.signal });
    this.groups = this.querySelector("message-groups");
    this.sticks = true;
    this.size = new ResizeObserver(() => this.sticks && this.toEnd());
    for (const box of [this, this.firstElementChild]) this.size.observe(box);
    on("scroll", () => { this.sticks = this.atEnd; this.tell(); });
    on("htmx:beforeSwap", (event) => { if (event.target.matches(".page-link")) this.place = this.remember(); });
    on("htmx:afterSwap", () => this.settle());
    on("messages:end", () => this.toEnd());
    this.dataset.arranged = "";
    queueMicrotask(() => this.tell());
    const wanted = document.getElementById(location.hash.slice(1));
    if (wanted?.closest("message-list") !== this) return this.toEnd();
    this.sticks = false;
    wanted.scrollIntoView({ block: "center" });
  }

  disconnectedCallback() {
    this.size.disconnect();
    this.stop.abort();
  }

  get atEnd() {
    return this.scrollHeight - this.clientHeight - this.scrollTop < NEAR_END && !this.querySelector("#newer");
  }

  toEnd() {
    this.sticks = true;
    this.scrollTop = this.scrollHeight;
  }

  // htmx says this once for every new element of a page; the first time is enough.
  settle() {
    if (!this.place) return;
    const { place } = this;
    this.place = null;
    this.groups.arrange();
    this.dispatchEvent(new CustomEvent("messages:paged"));
    this.restore(place);
  }

  remember() {
    const { top } = this.getBoundingClientRect();
    const anchor = [...this.groups.querySelectorAll(".message")].find((node) => node.getBoundingClientRect().bottom > top);
    return { atEnd: this.sticks, anchor, offset: anchor?.getBoundingClientRect().top };
  }

  // The browser's own anchoring lets go when margins change, when it stands at the very top, and in Safari.
  restore({ atEnd, anchor, offset }) {
    if (atEnd) this.toEnd();
    else if (anchor?.isConnected) this.scrollTop += anchor.getBoundingClientRect().top - offset;
  }

  tell() {
    this.dispatchEvent(new CustomEvent("messages:scrolled", { bubbles: true, detail: { atEnd: this.atEnd } }));
  }
});
