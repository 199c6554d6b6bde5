// Where nothing is written yet, one may speak: the button fetches what records only when it is pressed.

customElements.define("voice-button", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
    this.closest("chat-composer").dataset.voice = "";
    this.onclick = async () => {
      await import(this.dataset.src);
      this.closest("chat-composer").querySelector("voice-recorder").begin();
    };
  }
});
