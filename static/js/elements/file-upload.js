// Carries a message with files to the server, shows how far it is, and takes in the answer. Until then the files wait in
// the browser's own database, as far as that takes them.

customElements.define("file-upload", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.box = this.socket.querySelector("out-box");
    this.words = document.querySelector("outbox-courier").dataset;
    this.files = new Map();
    this.socket.addEventListener("upload", (event) => this.carry(event.detail));
    // While there is a line.
    this.socket.addEventListener("tray", () => this.store().catch(() => {}));
  }

  store() { return import(this.words.src); }

  async keep(entry, files) {
    entry.names = files.map((file) => file.name);
    this.files.set(entry.id, files);
    try {
      await (await this.store()).keep(entry.id, files);
      if (entry.done) this.forget(entry);
      else this.box.write((entries) => [...entries, entry]);
    } catch {
      entry.loose = true;
      if (this.box.node(entry.id)?.dataset.failed === "line") this.failed(entry, this.words.textLoose, true);
    }
  }

  forget(entry) {
    entry.done = true;
    this.files.delete(entry.id);
    this.store().then(({ drop }) => drop(entry.id)).catch(() => {});
  }

  async carry({ entry, node }) {
    node.busy = true;
    const files = this.files.get(entry.id) ?? await this.store().then(({ find }) => find(entry.id)).catch(() => undefined);
    if (!this.isConnected) return;
    if (!files) return this.failed(entry, this.words.textLost);
    this.files.set(entry.id, files);
    const form = new FormData();
    form.set("text", entry.text);
    form.set("client_id", entry.id);
    if (entry.replyTo) form.set("reply_to", entry.replyTo);
    for (const file of files) form.append("files", file);
    const bar = node.querySelector("progress");
    const request = new XMLHttpRequest();
    request.open("POST", entry.place);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
    request.upload.onprogress = ({ loaded, total }) => { bar.value = (100 * loaded) / total; };
    request.onload = () => (request.status < 300 ? this.taken(entry, request) : this.failed(entry, this.parse(request).body.textContent.trim().slice(0, 200)));
    request.onerror = () => this.failed(entry, entry.loose && this.words.textLoose, true);
    bar.hidden = false;
    bar.value = 0;
    request.send(form);
  }

  parse(request) {
    return new DOMParser().parseFromString(request.responseText ?? "", "text/html");
  }

  taken(entry, request) {
    const arrived = this.parse(request).querySelectorAll(".message");
    if (this.isConnected) document.getElementById("arrivals").append(...arrived);
    else this.box.forget(entry);
  }

  failed(entry, message, isLine = false) {
    const node = this.box.node(entry.id);
    if (node) node.busy = false;
    this.socket.dispatchEvent(new CustomEvent("live:error", { detail: { client_id: entry.id, message, isLine } }));
  }
});
