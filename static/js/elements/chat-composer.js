// Where one writes. Enter sends (on touch it breaks the line), Shift+Enter breaks, an input method is never cut short.

const TOUCH = matchMedia("(hover: none) and (pointer: coarse)");

customElements.define("chat-composer", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    this.bar = this.querySelector("compose-bar");
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.stop.signal });
    on(this.form, "submit", (event) => { event.preventDefault(); this.submit(); });
    on(this.field, "keydown", (event) => this.pressed(event));
    on(this.field, "input", () => this.grow());
    on(this, "compose:fill", (event) => this.fill(event.detail));
    on(document, "compose:insert", (event) => this.insert(event.detail));
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    if (!TOUCH.matches) { this.field.enterKeyHint = "send"; if (!location.hash) this.field.focus({ preventScroll: true }); }
    this.grow();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const { key } = event;
    if (key === "Enter" && !event.shiftKey && !event.altKey && !TOUCH.matches) { event.preventDefault(); this.submit(); }
    if (key === "Escape" && !this.bar.hidden) { event.preventDefault(); this.bar.release(); }
    if (key === "ArrowUp" && this.field.value === "" && this.bar.hidden) {
      const mine = [...document.querySelectorAll("message-groups .message[data-mine]:not([data-deleted])")].at(-1);
      if (!mine) return;
      event.preventDefault();
      mine.dispatchEvent(new CustomEvent("message:act", { bubbles: true, detail: { act: "edit", message: mine } }));
    }
  }

  submit() {
    const text = this.field.value.trim();
    const files = this.querySelector("file-tray").take();
    if (!text && !files.length) return;
    if (this.bar.editing) this.bar.save(text);
    else this.dispatchEvent(new CustomEvent("compose:send", { bubbles: true, detail: { text, files, replyTo: this.bar.replyTo } }));
    this.fill("");
    this.bar.release();
    this.field.focus();
  }

  fill(text) {
    this.field.value = text;
    this.field.focus();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  insert(text) {
    this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!TOUCH.matches) this.field.focus();
  }
});
