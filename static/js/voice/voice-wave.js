// How loud it was, in bars; plays a recording that was not sent yet, and colours what was heard of it.

const BAR = 4;
const BEAT = 100;
const loudest = (samples) => samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

customElements.define("voice-wave", class extends HTMLElement {
  disconnectedCallback() { this.speaker?.close(); }

  get room() {
    return Math.max(1, Math.floor(this.clientWidth / BAR));
  }

  show(peaks, heard = 1) {
    const canvas = this.querySelector("canvas");
    Object.assign(canvas, { width: this.clientWidth * devicePixelRatio, height: this.clientHeight * devicePixelRatio });
    const pen = canvas.getContext("2d");
    const { color, outlineColor } = getComputedStyle(this);
    const step = BAR * devicePixelRatio;
    const shown = peaks.slice(-this.room);
    shown.forEach((peak, bar) => {
      const tall = Math.max(step / 2, Math.min(1, Math.sqrt(peak)) * canvas.height);
      pen.fillStyle = bar < shown.length * heard ? color : outlineColor;
      pen.fillRect(bar * step, (canvas.height - tall) / 2, step / 2, tall);
    });
    this.dataset.bars = shown.length;
  }

  // Answers how long it is.
  async load(file) {
    this.speaker ??= new AudioContext();
    this.sound = await this.speaker.decodeAudioData(await file.arrayBuffer());
    const samples = this.sound.getChannelData(0);
    const step = Math.max(1, Math.floor(samples.length / this.room));
    this.peaks = Array.from({ length: this.room }, (_, bar) => loudest(samples.subarray(bar * step, (bar + 1) * step)));
    this.show(this.peaks, 0);
    return this.sound.duration;
  }

  // Plays it, or stops playing.
  toggle() {
    if (this.source) return this.source.stop();
    this.source = this.speaker.createBufferSource();
    Object.assign(this.source, { buffer: this.sound, onended: () => this.ended() });
    this.source.connect(this.speaker.destination);
    const from = this.speaker.currentTime;
    this.source.start();
    this.timer = setInterval(() => this.show(this.peaks, (this.speaker.currentTime - from) / this.sound.duration), BEAT);
    this.dispatchEvent(new CustomEvent("voice:plays", { bubbles: true, detail: true }));
  }

  ended() {
    clearInterval(this.timer);
    this.source = null;
    this.show(this.peaks, 0);
    this.dispatchEvent(new CustomEvent("voice:plays", { bubbles: true, detail: false }));
  }
});
