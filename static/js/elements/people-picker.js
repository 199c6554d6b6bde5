// Keeps whoever was picked while the search goes on.

customElements.define("people-picker", class extends HTMLElement {
  connectedCallback() {
    this.picked = this.querySelector(".people-picked");
    this.addEventListener("change", (event) => event.target.name === "members" && this.toggle(event.target));
    this.addEventListener("htmx:afterSwap", () => this.clean());
    this.addEventListener("keydown", (event) => event.key === "Enter" && event.target.type === "search" && event.preventDefault());
  }

  toggle(box) {
    const row = box.closest(".person");
    if (box.checked) {
      this.picked.append(row);
      this.querySelector('[type="search"]').focus();
    } else row.remove();
  }

  // Whoever is picked already need not be found again.
  clean() {
    const names = new Set([...this.picked.querySelectorAll("input")].map((box) => box.value));
    for (const box of this.querySelectorAll("#found input")) if (names.has(box.value)) box.closest(".person").remove();
  }
});
