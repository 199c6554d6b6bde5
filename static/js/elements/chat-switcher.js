// Ctrl or Cmd with K: go to any chat or person by a few letters.

customElements.define("chat-switcher", class extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.field = this.querySelector("input");
    this.list = this.querySelector(".switcher-list");
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); this.open(); }
    });
    this.field.addEventListener("input", () => this.find());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("click", () => this.dialog.close());
    this.field.addEventListener("keydown", (event) => event.key === "Escape" && this.dialog.close());
  }

  open() {
    this.field.value = "";
    this.dialog.showModal();
    this.show([...document.querySelectorAll("chat-list .chat-row")].slice(0, 9));
  }

  async find() {
    const asked = this.field.value;
    const headers = { "HX-Request": "true", "HX-Target": "rows" };
    const answer = await fetch(`/chats?q=${encodeURIComponent(asked)}`, { headers }).catch(() => null);
    if (!answer?.ok || asked !== this.field.value) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.show([...page.querySelectorAll(".chat-row")].slice(0, 9));
  }

  show(rows) {
    this.list.replaceChildren(...rows.map((row, index) => {
      const copy = row.cloneNode(true);
      copy.id = `switch-${index}`;
      copy.setAttribute("role", "option");
      copy.removeAttribute("aria-current");
      copy.tabIndex = -1;
      return copy;
    }));
    htmx.process(this.list);
    this.choose(0);
  }

  choose(index) {
    const rows = [...this.list.children];
    this.index = (index + rows.length) % (rows.length || 1);
    rows.forEach((row, at) => { row.ariaSelected = String(at === this.index); });
    rows[this.index]?.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", rows[this.index]?.id ?? "");
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); this.choose(this.index + step); }
    if (event.key === "Enter") { event.preventDefault(); this.list.children[this.index]?.click(); }
  }
});
