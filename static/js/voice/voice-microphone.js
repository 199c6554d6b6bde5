// Hears what is said: "voice:level" ten times a second, and in the end one file.

const KINDS = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };
const BITS = 32_000;
const BEAT = 100;

customElements.define("voice-microphone", class extends HTMLElement {
  disconnectedCallback() { this.end(); }

  // Throws what the browser throws when it does not let us.
  async begin() {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    this.ear = new AudioContext();
    this.level = this.ear.createAnalyser();
    this.ear.createMediaStreamSource(stream).connect(this.level);
    const mimeType = Object.keys(KINDS).find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
    if (!this.isConnected) return this.end();
    this.kept = new Promise((done) => {
      this.recorder.ondataavailable = ({ data }) => done(new File([data], `voice-message.${KINDS[mimeType] ?? "webm"}`, { type: mimeType.split(";")[0] }));
    });
    this.recorder.start();
    this.timer = setInterval(() => this.listen(), BEAT);
  }

  listen() {
    const samples = new Float32Array(this.level.fftSize);
    this.level.getFloatTimeDomainData(samples);
    const detail = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    this.dispatchEvent(new CustomEvent("voice:level", { bubbles: true, detail }));
  }

  // The recording, whole; the browser's sign that it listens goes out.
  file() {
    this.end();
    return this.kept;
  }

  end() {
    clearInterval(this.timer);
    if (this.recorder?.state === "recording") this.recorder.stop();
    for (const track of this.recorder?.stream.getTracks() ?? []) track.stop();
    if (this.ear && this.ear.state !== "closed") this.ear.close();
  }
});
