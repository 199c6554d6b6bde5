// A text to be taken along: the button copies it, and a click into the field selects all of it.

customElements.define("copy-field", class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const button = this.querySelector("button");
    input.addEventListener("focus", () => input.select());
    button.addEventListener("click", async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        document.execCommand("copy"); // without https there is no clipboard of one's own
      }
      button.textContent = button.dataset.done;
    });
  }
});
