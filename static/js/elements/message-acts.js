// Carries out what was chosen for a message.

const post = (address, fields = {}) => fetch(address, {
  method: "POST",
  headers: { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
  body: new URLSearchParams(fields),
}).then(async (answer) => {
  if (answer.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  tell(page.body.textContent.trim());
}).catch(() => tell(document.querySelector("connection-banner")?.dataset.text));

const tell = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: text }));
const words = (message) => message.querySelector(".message-text")?.innerText.trim() ?? "";
const file = (message) => message.querySelector(".attachment img")?.alt ?? message.querySelector(".attachment :is(audio, video)")?.ariaLabel
  ?? message.querySelector(".file-name")?.textContent;

customElements.define("message-acts", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("message:act", (event) => this.act(event.detail));
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.(".message-edited, .quote, .pinned");
      if (link && !event.ctrlKey && !event.metaKey) this.follow(event, link);
    });
  }

  act({ act, emoji, message }) {
    const id = message.id.slice("message-".length);
    const address = `/message/${id}`;
    const author = message.querySelector(".message-author")?.textContent.trim();
    ({
      reply: () => this.tell("compose:reply", { id, author, text: words(message) || file(message) || author }),
      edit: async () => {
        const answer = await fetch(`${address}/text`).catch(() => null);
        if (answer?.ok) this.tell("compose:edit", { id, text: await answer.text() });
      },
      copy: () => this.copy(words(message)),
      link: () => this.copy(new URL(address, location.href).href),
      pin: () => post(`${address}/pin`, { on: 1 }),
      unpin: () => post(`${address}/pin`, { on: 0 }),
      star: () => this.star(message, id, true),
      unstar: () => this.star(message, id, false),
      unread: () => post(`${address}/unread`),
      react: () => post(`${address}/reactions`, { emoji }),
      history: () => this.show(`${address}/history`),
      readers: () => this.show(`${address}/readers`),
      report: () => this.show(`${address}/report`),
      delete: () => this.remove(address),
    })[act]();
  }

  tell(name, detail) {
    document.dispatchEvent(new CustomEvent(name, { detail }));
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text);
    tell(document.querySelector("message-menu").dataset.copied);
  }

  async star(message, id, on) {
    if (await post(`/message/${id}/star`, { on: Number(on) })) message.dispatchEvent(new CustomEvent("live:star", { bubbles: true, detail: { id, on } }));
  }

  show(address) {
    document.getElementById("dialog").showModal();
    htmx.ajax("GET", address, { target: "#dialog-body", swap: "innerHTML" });
  }

  remove(address) {
    const dialog = document.getElementById("confirm-delete");
    dialog.returnValue = "";
    dialog.onclose = () => dialog.returnValue === "yes" && post(`${address}/delete`);
    dialog.showModal();
  }

  // A quotation or the pinned line jumps when its message is on the page; else the link leads there.
  follow(event, link) {
    if (link.matches(".message-edited")) { event.preventDefault(); return this.show(link.getAttribute("href")); }
    const message = document.getElementById(`message-${link.dataset.message}`);
    if (!message) return;
    event.preventDefault();
    message.scrollIntoView({ block: "center", behavior: "smooth" });
    message.dataset.marked = "";
    setTimeout(() => { delete message.dataset.marked; }, 2000);
  }
});
