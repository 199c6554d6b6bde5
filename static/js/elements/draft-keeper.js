// What is written but not sent: kept in this browser at once and on the server a second later; and that one is typing.

const PAUSE = 1000;
const TYPING_EVERY = 3000;

customElements.define("draft-keeper", class extends HTMLElement {
  connectedCallback() {
    this.composer = this.closest("chat-composer");
    this.field = this.composer.querySelector("textarea");
    this.key = `draft:${document.body.dataset.viewer}:${this.composer.dataset.place}`;
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.field.addEventListener("input", () => this.changed(), { signal });
    document.addEventListener("live:draft", (event) => this.other(event.detail.text), { signal });
    const kept = localStorage.getItem(this.key);
    if (kept !== null && kept !== this.field.value) this.put(kept);
    this.told = this.field.value;
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
  }

  editing() {
    return Boolean(this.composer.querySelector("compose-bar").editing);
  }

  put(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  changed() {
    if (this.editing()) return;
    const text = this.field.value;
    if (text) localStorage.setItem(this.key, text);
    else localStorage.removeItem(this.key);
    this.typing(text !== "");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), PAUSE);
  }

  typing(now) {
    if (now && Date.now() - (this.typedAt ?? 0) < TYPING_EVERY) return;
    if (!now && !this.typedAt) return;
    this.typedAt = now ? Date.now() : 0;
    this.say("typing", { is_typing: now });
  }

  tell() {
    const text = this.field.value;
    if (text === this.told || this.editing()) return;
    if (this.say("draft", { text })) this.told = text;
  }

  // Another device of mine wrote; it wins only where nothing was typed since.
  other(text) {
    if (this.field.value !== this.told || document.activeElement === this.field && this.field.value) return;
    this.told = text;
    this.put(text);
  }

  say(type, payload) {
    const frame = { type, payload };
    this.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: frame }));
    return frame.sent;
  }
});
