// Keys that work anywhere: ? shows the sheet, Escape steps back, arrows walk through messages.

const WRITING = "input, textarea, select, [contenteditable]";

customElements.define("keyboard-sheet", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const writing = event.target.matches?.(WRITING);
    if (event.key === "?" && !writing) this.sheet(event);
    if (event.key === "Escape") this.back(event);
    if (["ArrowUp", "ArrowDown"].includes(event.key) && event.target.closest?.("message-list")) this.walk(event);
  }

  sheet(event) {
    event.preventDefault();
    document.getElementById("dialog").showModal();
    htmx.ajax("GET", "/help", { target: "#dialog-body", swap: "innerHTML", select: "#keys" });
  }

  back(event) {
    if (document.querySelector(":popover-open")) return;
    const close = document.querySelector('[data-closes="sheet"]');
    if (close) return close.click();
    if (event.target.matches?.(WRITING) && !event.target.closest(".composer")) return event.target.blur();
    if (document.querySelector('.main[data-page="empty"]')) return;
    document.querySelector(".chat-back, .page-header .icon-button")?.click();
  }

  walk(event) {
    const messages = [...document.querySelectorAll("message-groups .message")];
    const here = messages.indexOf(event.target.closest(".message"));
    const next = here < 0 ? messages.at(-1) : messages[here + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }
});
