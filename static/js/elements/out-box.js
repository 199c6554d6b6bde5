// Messages on their way: shown at once, kept over reloads, sent again at every new line until the server has them.
// The client id makes a repeated send harmless. Files wait in the browser's database, as far as it takes them.

customElements.define("out-box", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.uploads = this.socket.querySelector("file-upload");
    this.place = this.socket.dataset.place;
    this.key = `outbox:${document.body.dataset.viewer}`;
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, (event) => act(event.detail, event), { signal: this.stop.signal });
    on(this.socket, "compose:send", (message) => this.add(message));
    on(this.socket, "live:open", () => this.sendAll());
    on(this.socket, "live:message_accepted", ({ client_id: id, id: messageId }) => this.accepted(id, messageId));
    on(this.socket, "live:error", ({ client_id: id, message, isLine }) => id && this.fail(this.node(id), message, isLine));
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
    if (files.length) this.uploads.keep(entry, files);
    else this.write((entries) => [...entries, entry]);
    this.send(this.show(entry));
    if (document.getElementById("newer")) this.socket.querySelector(".jump").click();
  }

  forget(entry) {
    this.write((entries) => entries.filter((one) => one.id !== entry.id));
    if (entry.names) this.uploads.forget(entry);
  }

  show(entry) {
    const node = document.getElementById("sign-pending").content.firstElementChild.cloneNode(true);
    node.entry = entry;
    node.dataset.clientId = entry.id;
    node.querySelector("p").textContent = entry.text || entry.names?.join("\n");
    this.append(node);
    this.dispatchEvent(new CustomEvent("messages:end", { bubbles: true }));
    return node;
  }

  node(id) { return [...this.children].find((node) => node.dataset.clientId === id); }

  sendAll() {
    for (const node of this.children) if (node.dataset.failed === "line" || !("failed" in node.dataset || node.busy)) this.send(node);
  }

  send(node) {
    const { entry } = node;
    delete node.dataset.failed;
    node.querySelector(".message-failed").hidden = true;
    if (entry.names) return this.dispatchEvent(new CustomEvent("upload", { bubbles: true, detail: { entry, node } }));
    const payload = { text: entry.text, client_id: entry.id, ...(entry.replyTo && { reply_to: Number(entry.replyTo) }) };
    this.dispatchEvent(new CustomEvent("say", { bubbles: true, detail: { type: "send_message", payload } }));
  }

  accepted(id, messageId) {
    const node = this.node(id) ?? [...this.children].find((one) => one.dataset.messageId === messageId);
    if (!node) return;
    this.forget(node.entry);
    node.dataset.messageId = messageId;
    if (document.getElementById(`message-${messageId}`)) node.remove();
  }

  fail(node, text, isLine) {
    if (!node) return;
    node.dataset.failed = isLine ? "line" : "";
    node.querySelector(".message-failed").hidden = false;
    if (text) node.querySelector(".message-failed span").textContent = text;
  }

  chosen(button) {
    const node = button?.closest(".message");
    if (!node) return;
    if (button.dataset.act === "retry") return this.send(node);
    this.forget(node.entry);
    node.remove();
  }
});
