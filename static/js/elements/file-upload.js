// Carries a message with files to the server, shows how far it is, and takes in the answer.

customElements.define("file-upload", class extends HTMLElement {
  connectedCallback() {
    this.socket = this.closest("live-socket");
    this.socket.addEventListener("upload", (event) => this.carry(event.detail));
  }

  carry({ entry, files, node }) {
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
    request.onload = () => (request.status < 300 ? this.taken(request) : this.failed(entry, request));
    request.onerror = () => this.failed(entry, request);
    bar.hidden = false;
    bar.value = 0;
    request.send(form);
  }

  parse(request) {
    return new DOMParser().parseFromString(request.responseText ?? "", "text/html");
  }

  taken(request) {
    document.getElementById("arrivals").append(...this.parse(request).querySelectorAll(".message"));
  }

  failed(entry, request) {
    const message = this.parse(request).body.textContent.trim().slice(0, 200);
    this.socket.dispatchEvent(new CustomEvent("live:error", { detail: { client_id: entry.id, message } }));
  }
});
