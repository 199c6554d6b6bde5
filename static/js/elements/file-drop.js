// Files may be dropped anywhere on the window while a chat is open.

customElements.define("file-drop", class extends HTMLElement {
  connectedCallback() {
    const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") && document.querySelector("file-tray");
    window.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.hidden = false;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => { this.hidden = true; }, 300);
    });
    window.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.hidden = true;
      document.dispatchEvent(new CustomEvent("files:dropped", { detail: [...event.dataTransfer.files] }));
    });
  }
});
