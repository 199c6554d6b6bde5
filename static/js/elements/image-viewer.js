// Pictures of the open chat, large, with arrows.

customElements.define("image-viewer", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-view]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.links = [...(link.closest(".gallery") ?? document.querySelector("message-list") ?? document).querySelectorAll("[data-view]")];
      this.show(this.links.indexOf(link));
      this.dialog.showModal();
    });
    this.dialog.addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]")?.dataset.step;
      if (step) this.show(this.index + Number(step));
      else if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) this.show(this.index + step);
    });
  }

  show(index) {
    this.index = (index + this.links.length) % this.links.length;
    const link = this.links[this.index];
    const image = this.dialog.querySelector("img");
    image.src = link.dataset.view;
    image.alt = link.querySelector("img").alt;
    this.dialog.querySelector("a").href = `${link.dataset.view}?download=1`;
    for (const arrow of this.dialog.querySelectorAll("[data-step]")) arrow.hidden = this.links.length < 2;
  }
});
