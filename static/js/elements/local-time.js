// Shows a moment in the reader's own zone and language. data-format: time (default), list, relative, full.

const { lang } = document.documentElement;
const language = navigator.languages.find((one) => one.split("-")[0] === lang.split("-")[0]) ?? lang;
const shape = (options) => new Intl.DateTimeFormat(language, options);
const TIME = shape({ hour: "numeric", minute: "2-digit" });
const WEEKDAY = shape({ weekday: "short" });
const NEAR = shape({ day: "numeric", month: "short" });
const FAR = shape({ day: "numeric", month: "short", year: "2-digit" });
const FULL = shape({ dateStyle: "full", timeStyle: "short" });
const AGO = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const DAY = 86_400_000;

const midnight = () => new Date().setHours(0, 0, 0, 0);

const FORMATS = {
  time: (date) => TIME.format(date),
  full: (date) => FULL.format(date),
  list(date) {
    if (date >= midnight()) return TIME.format(date);
    if (date >= midnight() - 6 * DAY) return WEEKDAY.format(date);
    return (date.getFullYear() === new Date().getFullYear() ? NEAR : FAR).format(date);
  },
  relative(date) {
    const minutes = Math.round((Date.now() - date) / 60_000);
    if (minutes < 60) return AGO.format(-Math.max(minutes, 1), "minute");
    if (date >= midnight()) return AGO.format(-Math.round(minutes / 60), "hour");
    const days = Math.ceil((midnight() - date) / DAY);
    return days < 7 ? `${AGO.format(-days, "day")}, ${TIME.format(date)}` : NEAR.format(date);
  },
};

customElements.define("local-time", class extends HTMLElement {
  static observedAttributes = ["data-at"];

  connectedCallback() {
    this.show();
    this.addEventListener("pointerenter", () => { this.title = FULL.format(this.date()); }, { once: true });
    if (this.dataset.format === "relative") this.beat = setInterval(() => this.show(), 30_000);
  }

  disconnectedCallback() {
    clearInterval(this.beat);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.show();
  }

  date() {
    return new Date(this.dataset.at ? Number(this.dataset.at) : this.querySelector("time").dateTime);
  }

  show() {
    const text = FORMATS[this.dataset.format ?? "time"](this.date());
    const place = this.querySelector("time") ?? this;
    if (place.textContent !== text) place.textContent = text;
  }
});
