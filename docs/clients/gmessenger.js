// A small browser client for gmessenger: everything by fetch, and a websocket for each open chat or for all of them.
//
//   import { Client } from "./gmessenger.js";
//   const client = new Client(location.origin);
//   await client.logIn("ann", "secret");
//   const dialog = client.dialog("bob");
//   const line = dialog.open((type, payload) => console.log(type, payload));
//   line.say("send_message", { text: "hello", client_id: crypto.randomUUID() });
//
// The token travels in the cookie that signing in sets, so this runs on pages of the server itself. A line that breaks
// comes back by itself and misses nothing.

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Client {
  constructor(base) {
    this.base = base.replace(/\/$/, "");
  }

  async ask(method, path, body) {
    const answer = await fetch(this.base + path, {
      method,
      credentials: "same-origin",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const content = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, content.message);
    return content;
  }

  register(username, login, password) {
    return this.ask("POST", "/register", { username, login, password }).then((answer) => answer.content.user);
  }

  logIn(login, password) {
    return this.ask("POST", "/login", { login, password }).then((answer) => answer.content.user);
  }

  logOut() {
    return this.ask("POST", "/logout", {});
  }

  // Dialogs, groups and people, those with the latest activity first.
  chats() {
    return this.ask("GET", "/chats");
  }

  makeGroup(name, members, isPrivate = true) {
    return this.ask("POST", "/group", { name, members, private: isPrivate });
  }

  dialog(login) {
    return new Chat(this, `/dialog/${encodeURIComponent(login)}`);
  }

  group(id) {
    return new Chat(this, `/group/${id}`);
  }

  // What happens in all chats.
  everything(heard, after) {
    return new Line(this, "/chats/ws", heard, "after", after);
  }
}

export class Chat {
  constructor(client, path) {
    this.client = client;
    this.path = path;
  }

  // The last 50, or a page: { before, after, limit }.
  messages(page = {}) {
    return this.client.ask("GET", `${this.path}?${new URLSearchParams(page)}`);
  }

  // Repeated with the same client id it stores nothing new.
  send(text, more = {}) {
    return this.client.ask("POST", this.path, { text, client_id: crypto.randomUUID(), ...more });
  }

  // What happens here, from a cursor on.
  open(heard, since) {
    return new Line(this.client, `${this.path}/ws`, heard, "since", since);
  }
}

export class Line {
  constructor(client, path, heard, name, known) {
    Object.assign(this, { client, path, heard, name, known, pause: 500, isOpen: true, unsaid: [] });
    this.connect();
  }

  connect() {
    const query = this.known === undefined ? "" : `?${this.name}=${this.known}`;
    this.socket = new WebSocket(this.client.base.replace("http", "ws") + this.path + query);
    this.socket.onopen = () => {
      this.pause = 500;
      for (const frame of this.unsaid.splice(0)) this.socket.send(frame);
    };
    this.socket.onmessage = (event) => this.hear(JSON.parse(event.data));
    this.socket.onclose = (event) => this.isOpen && event.code !== 1008 && this.comeBack();
  }

  // What is said while the line is down goes when it is back; give messages a client id, and they go once.
  say(type, payload) {
    const frame = JSON.stringify({ type, payload });
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
    else this.unsaid.push(frame);
  }

  close() {
    this.isOpen = false;
    this.socket.close();
  }

  hear({ type, payload }) {
    if (this.name === "since" || type === "reload") this.known = payload.cursor ?? this.known;
    else if (type === "new_message") this.known = payload.id;
    this.heard(type, payload);
  }

  comeBack() {
    setTimeout(() => this.isOpen && this.connect(), this.pause + Math.random() * this.pause);
    this.pause = Math.min(this.pause * 2, 30000);
  }
}
