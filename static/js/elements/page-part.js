// What only a few pages need is fetched when such a page is open.

customElements.define("page-part", class extends HTMLElement {
  connectedCallback() {
    import(this.dataset.src);
  }
});
