// Messages on their way: shown at once, kept over reloads, sent again at every new line until the server has them.
// The client id makes a repeated send harmless.

customElements.define("out-box", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.place = this.socket.dataset.place;
    this.key = `outbox:${document.body.dataset.viewer}`;
    this.files = new Map();
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, (event) => act(event.detail, event), { signal: this.stop.signal });
    on(this.socket, "compose:send", (message) => this.add(message));
    on(this.socket, "live:open", () => this.sendAll());
    on(this.socket, "live:message_accepted", ({ client_id: id, id: messageId }) => this.accepted(id, messageId));
    on(this.socket, "live:error", ({ client_id: id, message }) => id && this.fail(id, message));
    on(this.socket, "messages:taken", ({ arrived }) => arrived.forEach((node) => this.accepted(node.dataset.clientId, node.id.slice(8))));
    on(this, "click", (_, event) => this.chosen(event.target.closest("[data-act]")));
    for (const entry of this.read()) if (entry.place === this.place) this.show(entry);
  }

  disconnectedCallback() { this.stop.abort(); }

  read() { return JSON.parse(localStorage.getItem(this.key) ?? "[]"); }

  write(change) {
    const entries = change(this.read());
    localStorage.setItem(this.key, JSON.stringify(entries));
    document.dispatchEvent(new CustomEvent("outbox:changed", { detail: { count: entries.length } }));
  }

  add({ text, replyTo, files }) {
    const entry = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, place: this.place, text, replyTo, at: Date.now() };
    if (files.length) this.files.set(entry.id, files);
    else this.write((entries) => [...entries, entry]);
    this.show(entry);
    this.send(entry);
    if (document.getElementById("newer")) this.socket.querySelector(".jump").click();
  }

  show(entry) {
    const node = document.getElementById("sign-pending").content.firstElementChild.cloneNode(true);
    node.entry = entry;
    node.dataset.clientId = entry.id;
    node.querySelector("p").textContent = entry.text || this.files.get(entry.id)?.map((file) => file.name).join("\n");
    this.append(node);
    this.dispatchEvent(new CustomEvent("messages:end", { bubbles: true }));
  }

  node(id) { return [...this.children].find((node) => node.dataset.clientId === id); }

  sendAll() {
    for (const { entry, dataset } of this.children) if (!("failed" in dataset) && !this.files.has(entry.id)) this.send(entry);
  }

  send(entry) {
    const files = this.files.get(entry.id);
    if (files) return this.dispatchEvent(new CustomEvent("upload", { bubbles: true, detail: { entry, files, node: this.node(entry.id) } }));
    const payload = { text: entry.text, client_id: entry.id, ...(entry.replyTo && { reply_to: Number(entry.replyTo) }) };
    this.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: { type: "send_message", payload } }));
  }

  accepted(id, messageId) {
    const node = this.node(id) ?? [...this.children].find((one) => one.dataset.messageId === messageId);
    if (!node) return;
    this.write((entries) => entries.filter((entry) => entry.id !== node.dataset.clientId));
    node.dataset.messageId = messageId;
    if (document.getElementById(`message-${messageId}`)) { this.files.delete(id); node.remove(); }
  }

  fail(id, text) {
    const node = this.node(id);
    if (!node) return;
    node.dataset.failed = "";
    node.querySelector(".message-failed").hidden = false;
    if (text) node.querySelector(".message-failed span").textContent = text;
  }

  chosen(button) {
    const node = button?.closest(".message");
    if (!node) return;
    if (button.dataset.act === "retry") {
      delete node.dataset.failed;
      node.querySelector(".message-failed").hidden = true;
      return this.send(node.entry);
    }
    this.write((entries) => entries.filter((entry) => entry.id !== node.entry.id));
    node.remove();
  }
});
