// Who is writing just now: up to three names, gone after six seconds without news.

const FADES = 6000;

customElements.define("typing-line", class extends HTMLElement {
  connectedCallback() {
    this.people = new Map();
    const socket = this.closest("live-socket");
    socket.addEventListener("live:typing", (event) => this.heard(event.detail));
    socket.addEventListener("messages:taken", (event) => {
      for (const node of event.detail.fresh) this.forget(node.dataset.author);
    });
  }

  heard({ user_login: login, name, is_typing: typing }) {
    if (login === document.body.dataset.viewer) return;
    this.forget(login);
    if (typing) this.people.set(login, { name, timer: setTimeout(() => this.forget(login), FADES) });
    this.show();
  }

  forget(login) {
    clearTimeout(this.people.get(login)?.timer);
    if (this.people.delete(login)) this.show();
  }

  show() {
    const names = [...this.people.values()].map((person) => person.name);
    const { one, two, three, many } = this.dataset;
    const text = ["", one, two, three][names.length] ?? many;
    this.textContent = text.replace(/\{([abc])\}/g, (_, letter) => names["abc".indexOf(letter)]);
  }
});
