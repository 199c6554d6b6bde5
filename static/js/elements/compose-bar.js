// The slim bar above the field: what is being answered, or edited.

customElements.define("compose-bar", class extends HTMLElement {
  connectedCallback() {
    this.composer = this.closest("chat-composer");
    this.hiddenField = this.composer.querySelector('[name="reply_to"]');
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.stop.signal });
    on(document, "compose:reply", (event) => this.reply(event.detail));
    on(document, "compose:edit", (event) => this.edit(event.detail));
    on(this.querySelector(".composer-cancel"), "click", (event) => { event.preventDefault(); this.release(); });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  get replyTo() {
    return this.hiddenField.value || null;
  }

  show(icon, title, text) {
    this.hidden = false;
    const use = this.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
    this.querySelector("b").textContent = title;
    this.querySelector("p span").textContent = text;
    this.composer.querySelector("textarea").focus();
  }

  reply({ id, author, text }) {
    this.release();
    this.hiddenField.value = id;
    this.show("reply", author, text);
  }

  edit({ id, text }) {
    this.release();
    this.editing = id;
    this.fill(text);
    this.show("edit", this.dataset.textEditing, text);
  }

  release() {
    if (this.editing) { this.editing = null; this.fill(""); }
    this.hiddenField.value = "";
    this.hidden = true;
  }

  fill(text) {
    this.dispatchEvent(new CustomEvent("compose:fill", { bubbles: true, detail: text }));
  }

  async save(text) {
    const id = this.editing;
    const headers = { "HX-Request": "true", "X-CSRFToken": this.composer.querySelector('[name="csrf_token"]').value };
    const answer = await fetch(`/message/${id}/edit`, { method: "POST", headers, body: new URLSearchParams({ text }) }).catch(() => null);
    if (answer?.ok) return;
    document.dispatchEvent(new CustomEvent("toast", { detail: this.dataset.textUnsaved }));
    this.edit({ id, text });
  }
});
