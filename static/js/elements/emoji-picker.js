// Emoji by group and by word; the six used last come first, here and in the message menu.

const STORE = "emoji:recent";
const USUAL = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const MOST = 64;

customElements.define("emoji-picker", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("click", (event) => {
      const opener = event.target.closest?.('[data-opens="emoji"]');
      if (opener) this.open(opener, (emoji) => document.dispatchEvent(new CustomEvent("compose:insert", { detail: emoji })));
    });
    document.addEventListener("emoji:pick", (event) => this.open(event.detail.at, event.detail.then));
    document.addEventListener("emoji:quick", (event) => event.detail.show(this.recent()));
    document.addEventListener("emoji:names", async (event) => event.detail.show(await this.find(event.detail.word, event.detail.most)));
    this.addEventListener("click", (event) => this.chosen(event.target.closest("button")));
    this.addEventListener("input", (event) => this.search(event.target.value));
  }

  recent() {
    return [...new Set([...JSON.parse(localStorage.getItem(STORE) ?? "[]"), ...USUAL])].slice(0, 6);
  }

  make(tag, fields, ...children) {
    const node = Object.assign(document.createElement(tag), fields);
    node.append(...children);
    return node;
  }

  groups() { return this.loaded ??= fetch(this.dataset.src).then((answer) => answer.json()); }

  async find(word, most = MOST) {
    const all = (await this.groups()).flatMap(([, emoji]) => emoji);
    const first = all.filter(([, names]) => names.startsWith(word));
    const starts = all.filter(([, names]) => names.split(" ").some((name) => name.startsWith(word)));
    return [...new Set([...first, ...starts, ...all.filter(([, names]) => names.includes(word))])].slice(0, most);
  }

  async open(at, then) {
    this.then = then;
    this.build(await this.groups());
    this.search("");
    this.showPopover();
    const box = at.getBoundingClientRect();
    this.style.left = `${Math.max(8, Math.min(box.right - this.offsetWidth, innerWidth - this.offsetWidth - 8))}px`;
    this.style.top = `${Math.max(8, box.top > innerHeight / 2 ? box.top - this.offsetHeight - 8 : box.bottom + 8)}px`;
    this.field.focus();
  }

  build(groups) {
    this.titles = this.dataset.textGroups.split(",");
    this.field = this.make("input", { type: "search", className: "picker-search", placeholder: this.dataset.textSearch, ariaLabel: this.dataset.textSearch });
    const tabs = groups.map(([, emoji], index) => {
      const tab = this.make("button", { type: "button", title: this.titles[index], ariaLabel: this.titles[index] }, emoji[0][0]);
      tab.dataset.group = index;
      return tab;
    });
    this.list = this.make("div", { className: "picker-list", tabIndex: 0 });
    this.replaceChildren(this.field, this.make("div", { className: "picker-groups" }, ...tabs), this.list);
  }

  section(title, emoji) {
    const cells = emoji.map(([sign, names]) => {
      const name = names.split(" ")[0].replaceAll("_", " ");
      const cell = this.make("button", { type: "button", title: name, ariaLabel: name }, sign);
      cell.dataset.emoji = sign;
      return cell;
    });
    return [this.make("h2", {}, title), this.make("div", { className: "picker-grid" }, ...cells)];
  }

  async search(word) {
    const groups = await this.groups();
    if (word) {
      const found = await this.find(word.toLowerCase().replaceAll(" ", "_"));
      return this.list.replaceChildren(...(found.length ? this.section("", found) : [this.make("p", { className: "picker-none" }, this.dataset.textNone)]));
    }
    const recent = this.section(this.dataset.textRecent, this.recent().map((sign) => [sign, sign]));
    this.list.replaceChildren(...recent, ...groups.flatMap(([, emoji], index) => this.section(this.titles[index], emoji)));
  }

  chosen(button) {
    if (button?.dataset.group) this.list.querySelectorAll("h2")[Number(button.dataset.group) + 1]?.scrollIntoView();
    if (!button?.dataset.emoji) return;
    const { emoji } = button.dataset;
    localStorage.setItem(STORE, JSON.stringify([...new Set([emoji, ...this.recent()])].slice(0, 6)));
    this.hidePopover();
    this.then(emoji);
  }
});
