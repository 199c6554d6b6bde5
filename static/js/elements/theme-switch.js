// Shows a chosen theme at once; the form beside it keeps it.

customElements.define("theme-switch", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target.name !== "theme") return;
      const { dataset } = document.documentElement;
      if (event.target.value === "auto") delete dataset.theme;
      else dataset.theme = event.target.value;
    });
  }
});
