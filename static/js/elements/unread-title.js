// What waits, in the title, on the favicon and on the app's icon.

customElements.define("unread-title", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("unread:changed", (event) => this.show(event.detail.count));
    new MutationObserver(() => this.title()).observe(document.head, { childList: true, subtree: true, characterData: true });
  }

  show(count) {
    if (count === this.count) return;
    this.count = count;
    this.title();
    this.sign();
    if (count) navigator.setAppBadge?.(count).catch(() => {});
    else navigator.clearAppBadge?.().catch(() => {});
  }

  title() {
    const bare = document.title.replace(/^\(\d+\) /, "");
    const title = this.count ? `(${this.count}) ${bare}` : bare;
    if (document.title !== title) document.title = title;
  }

  sign() {
    const link = document.querySelector('link[rel="icon"]');
    this.plain ??= link.href;
    if (!this.count) { link.href = this.plain; return; }
    const image = new Image(64, 64);
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      const pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0, 64, 64);
      pen.fillStyle = "#d3382f";
      pen.beginPath();
      pen.arc(46, 18, 18, 0, 7);
      pen.fill();
      link.href = canvas.toDataURL();
    };
    image.src = this.plain;
  }
});
