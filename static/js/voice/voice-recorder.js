// A voice message in the composer's place: recorded, heard again if one likes, sent as a file or thrown away.

const MOST_LEVELS = 15 * 60 * 10;
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

customElements.define("voice-recorder", class extends HTMLElement {
  connectedCallback() {
    this.microphone = this.querySelector("voice-microphone");
    this.wave = this.querySelector("voice-wave");
    this.onclick = (event) => this[event.target.closest("[data-voice]")?.dataset.voice]?.();
    this.onkeydown = (event) => { if (event.key === "Escape") { event.stopPropagation(); this.cancel(); } };
    this.addEventListener("voice:level", (event) => this.level(event.detail));
    this.addEventListener("voice:plays", (event) => this.toggleAttribute("data-playing", event.detail));
  }

  async begin() {
    if (this.dataset.state) return;
    this.dataset.state = "asking";
    this.levels = [];
    try {
      await this.microphone.begin();
      this.turn("recording", "stop");
    } catch ({ name }) {
      delete this.dataset.state;
      const detail = name === "NotAllowedError" ? this.dataset.textForbidden : this.dataset.textNone;
      document.dispatchEvent(new CustomEvent("toast", { detail }));
    }
  }

  turn(state, next) {
    this.dataset.state = state;
    this.hidden = false;
    this.querySelector(`[data-voice="${next}"]`).focus();
  }

  level(peak) {
    this.levels.push(peak);
    this.wave.show(this.levels);
    this.time(this.levels.length / 10);
    if (this.levels.length >= MOST_LEVELS) this.stop();
  }

  time(seconds) {
    this.querySelector(".voice-time").textContent = clock(seconds);
  }

  async stop() {
    this.time(await this.wave.load(await this.microphone.file()));
    this.turn("ready", "play");
  }

  play() {
    this.wave.toggle();
  }

  async send() {
    if (this.dataset.state === "sending") return;
    this.dataset.state = "sending";
    const file = await this.microphone.file();
    const bar = this.closest("chat-composer").querySelector("compose-bar");
    const detail = { text: "", files: [file], replyTo: bar.replyTo };
    this.dispatchEvent(new CustomEvent("compose:send", { bubbles: true, detail }));
    bar.release();
    this.cancel();
  }

  cancel() {
    this.microphone.end();
    this.wave.source?.stop();
    delete this.dataset.state;
    this.hidden = true;
    this.closest("chat-composer").querySelector("textarea").focus();
  }
});
