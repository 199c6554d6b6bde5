// Feels whether the tab is used, has come back, or the machine has slept; tells it to whoever listens on the document.

const BEAT = 20_000;

customElements.define("tab-pulse", class extends HTMLElement {
  connectedCallback() {
    this.beatAt = Date.now();
    this.usedAt = Date.now();
    for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { this.usedAt = Date.now(); });
    window.addEventListener("online", () => this.tell("tab:awake", { slept: false }));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
    setInterval(() => this.beat(), BEAT);
  }

  tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // A gap between two beats means that the machine slept.
  look() {
    const slept = Date.now() - this.beatAt > 4 * BEAT;
    this.beatAt = Date.now();
    this.tell("tab:awake", { slept });
  }

  beat() {
    if (Date.now() - this.beatAt > 4 * BEAT) this.look();
    this.beatAt = Date.now();
    if (Date.now() - this.usedAt < 2 * BEAT && document.hasFocus()) this.tell("tab:used");
  }
});
