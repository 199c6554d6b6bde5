// Carries what waits for other chats than the open one, when the line is back.

const AGE = 5000;

// Who has signed out leaves no files behind. The offline page has no viewer either, but they still wait there.
if (document.querySelector(".welcome")) indexedDB.deleteDatabase("outbox");

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
      const kept = entry.names && await import(this.dataset.src).catch(() => null);
      const files = (await kept?.find(entry.id).catch(() => null)) ?? [];
      // What cannot be found again is told in its own chat.
      if (entry.names && !files.length) continue;
      const form = new FormData();
      const fields = { text: entry.text, client_id: entry.id, ...(entry.replyTo && { reply_to: entry.replyTo }) };
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      for (const file of files) form.append("files", file);
      const headers = { "HX-Request": "true", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content };
      const answer = await fetch(entry.place, { method: "POST", headers, body: form }).catch(() => null);
      if (!answer || answer.status >= 429) return;
      if (!answer.ok) continue;
      await kept?.drop(entry.id).catch(() => {});
      const left = this.read().filter((one) => one.id !== entry.id);
      localStorage.setItem(this.key, JSON.stringify(left));
      document.dispatchEvent(new CustomEvent("outbox:changed", { detail: { count: left.length } }));
    }
  }
});
