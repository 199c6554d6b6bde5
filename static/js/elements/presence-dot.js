// The green dot, and the words beside it ("online", "last seen 5 minutes ago").

class Presence extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    document.addEventListener("live:user_status", (event) => this.heard(event.detail), { signal: this.stop.signal });
    this.show?.();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.beat);
  }

  heard({ user_login: login, is_online: online, last_seen: seen }) {
    if (login !== this.dataset.login) return;
    this.toggleAttribute("data-online", online);
    if (seen) this.dataset.seen = seen;
    else delete this.dataset.seen;
    this.show?.();
  }
}

customElements.define("presence-dot", class extends Presence {});

customElements.define("presence-line", class extends Presence {
  show() {
    const { online, seen, textOnline, textSeen, textHidden = "" } = this.dataset;
    if (online !== undefined) this.textContent = textOnline;
    else if (seen) {
      const when = document.createElement("local-time");
      when.dataset.format = "relative";
      when.dataset.at = seen;
      const [before, after] = textSeen.split("{when}");
      this.replaceChildren(before, when, after);
    } else this.textContent = textHidden;
  }
});
