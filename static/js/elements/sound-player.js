// Sound in its message: plays, seeks, goes faster. Without a script the browser's own controls stand there.

const RATES = [1, 1.5, 2];
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

customElements.define("sound-player", class extends HTMLElement {
  connectedCallback() {
    this.sound = this.querySelector("audio");
    this.place = this.querySelector("input");
    this.stop = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, () => act(), { signal: this.stop.signal });
    on(this.querySelector(".sound-play"), "click", () => (this.sound.paused ? this.play() : this.sound.pause()));
    on(this.querySelector(".sound-rate"), "click", () => this.faster());
    on(this.place, "input", () => { this.sound.currentTime = Number(this.place.value); this.show(); });
    for (const name of ["play", "pause", "timeupdate", "durationchange"]) on(this.sound, name, () => this.show());
    on(this.sound, "ended", () => { this.sound.currentTime = 0; });
    this.show();
  }

  disconnectedCallback() {
    this.stop.abort();
    this.sound.pause();
  }

  // One voice at a time.
  play() {
    for (const other of document.querySelectorAll("sound-player audio")) if (other !== this.sound) other.pause();
    this.sound.play().catch(() => {});
  }

  faster() {
    this.sound.playbackRate = RATES[(RATES.indexOf(this.sound.playbackRate) + 1) % RATES.length];
    this.show();
  }

  get length() {
    const { duration } = this.sound;
    return Number.isFinite(duration) ? duration : Number(this.dataset.seconds) || 0;
  }

  show() {
    const { currentTime, paused, playbackRate } = this.sound;
    this.toggleAttribute("data-playing", !paused);
    this.place.max = this.length || 1;
    this.place.value = currentTime;
    this.place.ariaValueText = clock(currentTime);
    this.querySelector(".sound-time").textContent = clock(paused && !currentTime ? this.length : currentTime);
    this.querySelector(".sound-rate").textContent = `${playbackRate}×`;
  }
});
