// The files that will go with the message: picked, pasted or dropped; shown small, removable.

customElements.define("file-tray", class extends HTMLElement {
  connectedCallback() {
    this.composer = this.closest("chat-composer");
    this.input = this.composer.querySelector('[type="file"]');
    this.stop = new AbortController();
    const signal = this.stop.signal;
    this.chosen = [];
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; }, { signal });
    this.composer.addEventListener("paste", (event) => this.add([...event.clipboardData.files]), { signal });
    document.addEventListener("files:dropped", (event) => this.add(event.detail), { signal });
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  add(files) {
    const most = Number(this.composer.dataset.maxUpload);
    for (const file of files) {
      if (file.size <= most) { this.chosen.push(file); continue; }
      document.dispatchEvent(new CustomEvent("toast", { detail: this.composer.dataset.textLarge.replace("{name}", file.name) }));
    }
    this.show();
    if (files.length) this.composer.querySelector("textarea").focus();
  }

  show() {
    this.hidden = this.chosen.length === 0;
    this.replaceChildren(...this.chosen.map((file) => this.card(file)));
    this.dispatchEvent(new Event("tray", { bubbles: true }));
  }

  card(file) {
    const card = document.createElement("div");
    card.className = "tray-file";
    if (file.type.startsWith("image/")) {
      const image = Object.assign(new Image(), { src: URL.createObjectURL(file), alt: file.name });
      image.onload = () => URL.revokeObjectURL(image.src);
      card.append(image);
    } else {
      card.append(Object.assign(document.createElement("span"), { textContent: file.name }));
    }
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    button.ariaLabel = this.dataset.textRemove.replace("{name}", file.name);
    button.onclick = () => { this.chosen.splice(this.chosen.indexOf(file), 1); this.show(); };
    card.append(button);
    return card;
  }

  take() {
    const files = this.chosen;
    this.chosen = [];
    this.show();
    return files;
  }
});
