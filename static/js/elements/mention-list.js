// Completes "@an" with the people of the chat and ":smi" with emoji, under the field where one writes.

const WORD = /(^|[\s(])([@:])([\p{L}\p{N}_+.-]*)$/u;

customElements.define("mention-list", class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("textarea");
    this.list = document.getElementById("mentions");
    this.place = this.closest("chat-composer").dataset.place;
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("keydown", (event) => this.pressed(event), true);
    this.field.addEventListener("blur", () => setTimeout(() => document.activeElement !== this.field && this.close(), 150));
    this.list.onmousedown = (event) => { event.preventDefault(); this.take(event.target.closest("li")); };
  }

  disconnectedCallback() {
    this.close();
  }

  look() {
    const [, , sign, word] = WORD.exec(this.field.value.slice(0, this.field.selectionStart)) ?? [];
    if (!sign || (sign === ":" && word.length < 2)) return this.close();
    if (sign === ":") {
      const show = (found) => this.show(word, found.map(([emoji, names]) => [`${emoji} `, emoji, `:${names.split(" ")[0]}:`]));
      return document.dispatchEvent(new CustomEvent("emoji:names", { detail: { word: word.toLowerCase(), most: 6, show } }));
    }
    this.people(word);
  }

  async people(word) {
    const address = `/people?for=mention&q=${encodeURIComponent(word)}&place=${encodeURIComponent(this.place)}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) this.show(word, (await answer.json()).map(({ login, name }) => [`@${login} `, name, `@${login}`]));
  }

  show(word, choices) {
    const now = WORD.exec(this.field.value.slice(0, this.field.selectionStart));
    if (now?.[3] !== word) return; // a late answer to an earlier letter
    if (!choices.length) return this.close();
    this.list.replaceChildren(...choices.map(([value, text, note], index) => {
      const item = Object.assign(document.createElement("li"), { className: "menu-item", role: "option", id: `mention-${index}` });
      item.dataset.value = value;
      item.append(Object.assign(document.createElement("span"), { textContent: text }), Object.assign(document.createElement("small"), { textContent: note }));
      return item;
    }));
    this.list.hidden = false;
    const box = this.closest("form").getBoundingClientRect();
    this.list.style.left = `${box.left + 8}px`;
    this.list.style.top = `${box.top - this.list.offsetHeight - 8}px`;
    this.field.setAttribute("aria-controls", "mentions");
    this.choose(0);
  }

  choose(index) {
    const items = [...this.list.children];
    this.index = (index + items.length) % items.length;
    items.forEach((item, at) => { item.ariaSelected = String(at === this.index); });
    this.field.setAttribute("aria-activedescendant", `mention-${this.index}`);
  }

  pressed(event) {
    if (this.list.hidden || event.isComposing) return;
    const act = {
      ArrowDown: () => this.choose(this.index + 1),
      ArrowUp: () => this.choose(this.index - 1),
      Enter: () => this.take(this.list.children[this.index]),
      Tab: () => this.take(this.list.children[this.index]),
      Escape: () => this.close(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  take(item) {
    if (!item) return;
    const end = this.field.selectionStart;
    const start = end - WORD.exec(this.field.value.slice(0, end))[3].length - 1;
    this.field.setRangeText(item.dataset.value, start, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.list.hidden = true;
    this.field.removeAttribute("aria-activedescendant");
  }
});
