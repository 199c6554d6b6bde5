// One socket of the page. htmx opens it and swaps what is HTML; signals (JSON) become "live:<type>" events here,
// and what elements "say" goes out here.

htmx.config.wsReconnectDelay = (tries) => Math.min(15_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2);

// The address is asked for anew at every connect, so that the server starts after what is already on the page.
htmx.createWebSocket = (address) => {
  const url = new URL(address);
  for (const owner of document.querySelectorAll("live-socket[data-revision]")) {
    if (new URL(owner.getAttribute("ws-connect"), location.href).pathname === url.pathname) {
      url.searchParams.set("since", owner.dataset.revision);
    }
  }
  return new WebSocket(url);
};

customElements.define("live-socket", class extends HTMLElement {
  connectedCallback() {
    this.refusals = 0;
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.stop.signal });
    on(this, "htmx:wsOpen", (event) => this.opened(event.detail));
    on(this, "htmx:wsClose", (event) => this.closed(event.detail.event));
    on(this, "htmx:wsBeforeMessage", (event) => this.heard(event));
    on(this, "say", (event) => this.say(event));
    on(document, "tab:awake", (event) => this.wake(event.detail.slept));
    on(document, "tab:used", () => this.active());
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  opened({ event, socketWrapper }) {
    this.line = socketWrapper;
    this.socket = event.target;
    this.refusals = 0;
    this.tell("open", { again: this.hadLine === true });
    this.hadLine = true;
    this.active();
  }

  closed(event) {
    if (this.socket?.readyState === WebSocket.OPEN && event.target !== this.socket) return;
    this.tell("closed", { code: event.code });
    if (event.code === 1008) location.assign("/");
    if (event.code === 1006 && ++this.refusals === 3) this.doubt();
  }

  // Refused three times: is it the line, or is the session over?
  async doubt() {
    const answer = await fetch("/me", { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.status === 401) location.assign("/");
  }

  heard(event) {
    const frame = event.detail.message;
    if (typeof frame !== "string" || frame[0] !== "{") return;
    event.preventDefault();
    const { type, payload } = JSON.parse(frame);
    if (type === "reload") return location.reload();
    if (type === "removed") return location.assign("/chats");
    if (payload.cursor > this.dataset.revision) this.dataset.revision = payload.cursor;
    this.tell(type, payload);
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(`live:${type}`, { bubbles: true, detail }));
  }

  say(event) {
    event.stopPropagation();
    const { type, payload } = event.detail;
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type, payload }));
    event.detail.sent = true;
  }

  active() {
    this.dispatchEvent(new CustomEvent("say", { detail: { type: "user_activity", payload: { user_login: document.body.dataset.viewer } } }));
  }

  // After a sleep the old line is not to be trusted, whatever it says.
  wake(slept) {
    if (this.line && (slept || this.socket.readyState === WebSocket.CLOSED)) this.line.reconnect();
  }
});
