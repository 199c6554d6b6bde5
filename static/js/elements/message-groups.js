// Dresses the messages it holds: whose they are, which stand together, where a day begins. The server sends every
// message the same to everybody; only here it is known who looks, and in which zone.

const TOGETHER = 5 * 60_000;
const LONE_EMOJI = /^(?:\p{Extended_Pictographic}[\u{FE0F}\u{200D}\u{1F3FB}-\u{1F3FF}]*|\p{Regional_Indicator}{2}|\s){1,9}$/u;
const { lang } = document.documentElement;
const language = navigator.languages.find((one) => one.split("-")[0] === lang.split("-")[0]) ?? lang;
const DATE = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const DATE_YEAR = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });

customElements.define("message-groups", class extends HTMLElement {
  connectedCallback() {
    this.viewer = document.body.dataset.viewer;
    this.watch = new MutationObserver(() => this.arrange());
    this.list = this.closest("message-list");
    this.list?.addEventListener("scroll", () => this.pass(), { passive: true });
    this.arrange();
  }

  disconnectedCallback() {
    this.watch.disconnect();
  }

  arrange() {
    this.watch.disconnect();
    let last = null;
    for (const node of [...this.children]) {
      if (node.classList.contains("divider")) { last?.removeAttribute("data-followed"); last = last && { day: last.day }; }
      if (node.classList.contains("day") && (last?.day === node.dataset.day || !this.leads(node))) node.remove();
      if (!node.matches(".message")) continue;
      this.dress(node);
      if (last?.day !== node.day) this.begin(node);
      const together = last?.dataset && last.day === node.day && last.dataset.author === node.dataset.author
        && !last.dataset.kind && !node.dataset.kind && node.dataset.at - last.dataset.at < TOGETHER;
      node.toggleAttribute("data-follows", Boolean(together));
      last?.toggleAttribute?.("data-followed", Boolean(together));
      last = node;
    }
    last?.removeAttribute?.("data-followed");
    this.watch.observe(this, { childList: true });
    this.dispatchEvent(new CustomEvent("messages:arranged", { bubbles: true }));
    this.pass();
  }

  // Does a message of its day follow the pill, maybe after the line above what is new?
  leads(pill) {
    const next = pill.nextElementSibling;
    return (next?.classList.contains("divider") ? next.nextElementSibling : next)?.day === pill.dataset.day;
  }

  dress(node) {
    const mine = node.dataset.author === this.viewer && !node.dataset.kind;
    node.day ??= new Date(Number(node.dataset.at)).toDateString();
    node.toggleAttribute("data-mine", mine);
    for (const chip of node.querySelectorAll(".reaction")) {
      chip.ariaPressed = String(chip.dataset.logins.split(" ").includes(this.viewer));
    }
    const text = node.querySelector(".message-text")?.textContent;
    node.toggleAttribute("data-big", Boolean(text) && text.length < 24 && LONE_EMOJI.test(text.trim()) && !node.querySelector(".quote, .attachment"));
  }

  begin(node) {
    const pill = document.createElement("div");
    pill.className = "day";
    pill.dataset.day = node.day;
    pill.append(Object.assign(document.createElement("span"), { textContent: this.label(new Date(Number(node.dataset.at))) }));
    const before = node.previousElementSibling?.classList.contains("divider") ? node.previousElementSibling : node;
    if (before.previousElementSibling?.dataset.day !== node.day) before.before(pill);
  }

  label(date) {
    const texts = this.list?.dataset ?? {};
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
    if (days === 0) return texts.textToday;
    if (days === 1) return texts.textYesterday;
    return (days < 300 ? DATE : DATE_YEAR).format(date);
  }

  // Pills stick while their day passes; of those that stick, only the last one is shown.
  pass() {
    const edge = this.list.getBoundingClientRect().top + 12;
    const stuck = [...this.querySelectorAll(":scope > .day")].filter((pill) => pill.getBoundingClientRect().top <= edge);
    for (const pill of stuck.slice(0, -1)) pill.dataset.passed = "";
    for (const pill of this.querySelectorAll(":scope > .day[data-passed]")) if (!stuck.slice(0, -1).includes(pill)) delete pill.dataset.passed;
  }
});
