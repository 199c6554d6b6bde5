// Carries what waits for other chats than the open one, when the line is back.

const AGE = 5000;

customElements.define("outbox-courier", class extends HTMLElement {
  connectedCallback() {
    this.key = `outbox:${document.body.dataset.viewer}`;
    document.addEventListener("live:open", () => setTimeout(() => this.carry(), AGE));
  }

  read() {
    return JSON.parse(localStorage.getItem(this.key) ?? "[]");
  }

  async carry() {
    const open = document.querySelector("live-socket[data-place]")?.dataset.place;
    for (const entry of this.read()) {
      if (entry.place === open || Date.now() - entry.at < AGE) continue;
      const fields = { text: entry.text, client_id: entry.id, ...(entry.replyTo && { reply_to: entry.replyTo }) };
      const headers = { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
      const answer = await fetch(entry.place, { method: "POST", headers, body: new URLSearchParams(fields) }).catch(() => null);
      if (!answer?.ok) return;
      const left = this.read().filter((one) => one.id !== entry.id);
      localStorage.setItem(this.key, JSON.stringify(left));
      document.dispatchEvent(new CustomEvent("outbox:changed", { detail: { count: left.length } }));
    }
  }
});
