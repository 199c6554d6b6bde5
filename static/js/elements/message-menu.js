// What one can do with a message: by its button, a right click, a long press, or the menu key. Without a script the
// button is a link to a page with the same choices.

const LONG = 450;

customElements.define("message-menu", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.(".message-more");
      if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); this.open(link.closest(".message"), link); }
    });
    document.addEventListener("contextmenu", (event) => this.pressed(event));
    document.addEventListener("pointerdown", (event) => this.hold(event));
    for (const name of ["pointerup", "pointermove", "pointercancel"]) document.addEventListener(name, () => clearTimeout(this.timer));
    this.addEventListener("click", (event) => this.chosen(event.target.closest("button")));
    this.addEventListener("keydown", (event) => this.walk(event));
    this.addEventListener("toggle", (event) => event.newState === "closed" && this.message?.querySelector(".message-more")?.removeAttribute("aria-expanded"));
  }

  pressed(event) {
    const message = event.target.closest?.("message-groups .message:not([data-deleted], [data-kind])");
    if (!message || event.target.closest("a[href], img, pre") || getSelection().toString()) return;
    event.preventDefault();
    if (event.pointerType !== "touch") this.open(message, { x: event.clientX, y: event.clientY });
  }

  hold(event) {
    clearTimeout(this.timer);
    const message = event.target.closest?.("message-groups .message:not([data-deleted], [data-kind])");
    if (event.pointerType !== "touch" || !message) return;
    this.timer = setTimeout(() => { navigator.vibrate?.(10); this.open(message, { x: event.clientX, y: event.clientY }); }, LONG);
  }

  open(message, at) {
    this.message = message;
    const { mine, edited, pinned, starred } = message.dataset;
    const chat = message.closest("live-socket").dataset;
    const fits = { edit: mine !== undefined, history: edited !== undefined, pin: pinned === undefined, unpin: pinned !== undefined, star: starred === undefined, unstar: starred !== undefined,
      readers: mine !== undefined && message.closest(".chat-group") !== null, unread: mine === undefined, report: mine === undefined, delete: mine !== undefined || chat.moderates !== undefined };
    for (const item of this.querySelectorAll("[data-act]")) item.hidden = fits[item.dataset.act] === false;
    document.dispatchEvent(new CustomEvent("emoji:quick", { detail: { show: (quick) => this.offer(quick) } }));
    this.showPopover();
    this.stand(at);
    at.setAttribute?.("aria-expanded", "true");
    this.querySelector(".menu-item:not([hidden])").focus();
  }

  offer(quick) {
    const row = this.querySelector(".menu-emoji");
    row.replaceChildren(...quick.map((emoji) => {
      const button = Object.assign(document.createElement("button"), { type: "button", role: "menuitem", textContent: emoji });
      button.dataset.emoji = emoji;
      return button;
    }), document.getElementById("sign-more-emoji").content.cloneNode(true));
  }

  stand(at) {
    const box = at.getBoundingClientRect?.() ?? { left: at.x, right: at.x, top: at.y, bottom: at.y };
    const left = box.left + this.offsetWidth > innerWidth - 8 ? box.right - this.offsetWidth : box.left;
    const top = box.bottom + this.offsetHeight > innerHeight - 8 ? box.top - this.offsetHeight : box.bottom;
    this.style.left = `${Math.max(8, left)}px`;
    this.style.top = `${Math.max(8, top)}px`;
  }

  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = [...this.querySelectorAll("[role=menuitem]:not([hidden])")];
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  }

  chosen(button) {
    if (!button) return;
    this.hidePopover();
    const { act, emoji } = button.dataset;
    if (act === "emoji") {
      const then = (picked) => this.tell("react", picked);
      return document.dispatchEvent(new CustomEvent("emoji:pick", { detail: { at: this.message.querySelector(".bubble"), then } }));
    }
    this.tell(act ?? "react", emoji);
  }

  tell(act, emoji) {
    this.message.dispatchEvent(new CustomEvent("message:act", { bubbles: true, detail: { act, emoji, message: this.message } }));
  }
});
