// A small browser client for mvp_messenger: accounts by fetch, everything else on one websocket.
//
//   import { Client } from "./mvp_messenger.js";
//   const client = new Client(location.origin);
//   await client.logIn("ann@mail.com", "password");
//   const talk = client.talk((type, senderName, message) => console.log(type, senderName, message));
//   await talk.ask("privateMessage", { receiverId: 2, content: "Hi" });
//
// A browser cannot set headers on a websocket: the token travels as the second subprotocol, behind "auth".

export class Refused extends Error {}

export class Client {
  constructor(base) {
    this.base = base.replace(/\/$/, "");
    this.token = "";
  }

  async ask(method, path, body) {
    const headers = { "Content-Type": "application/json" };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const answer = await fetch(this.base + path, { method, headers, credentials: "omit", body: JSON.stringify(body) });
    const content = await answer.json();
    if (!answer.ok) throw new Refused(typeof content === "string" ? content : content.message);
    return content;
  }

  signUp(userEmail, password, names = {}) {
    return this.ask("POST", "/auth/sing-up", { userEmail, password, ...names });
  }

  async logIn(email, password) {
    this.token = (await this.ask("POST", "/auth/login", { email, password })).token;
  }

  users() {
    return this.ask("GET", "/users/list");
  }

  talk(onPush) {
    return new Talk(this, onPush);
  }
}

// Answers come in the order of the requests; a push looks like an answer, but carries a message.
export class Talk {
  constructor(client, onPush) {
    this.waiting = [];
    this.socket = new WebSocket(client.base.replace(/^http/, "ws") + "/", ["auth", client.token]);
    this.opened = new Promise((resolve, reject) => {
      this.socket.addEventListener("open", resolve);
      this.socket.addEventListener("error", () => reject(new Refused("The server does not let us in.")));
    });
    this.socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      if (!frame.error && frame.params.message !== null) onPush(frame.type, frame.params.senderName, frame.params.message);
      else this.answered(frame);
    });
  }

  async ask(type, params) {
    await this.opened;
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.socket.send(JSON.stringify({ type, params }));
    });
  }

  answered(frame) {
    const { resolve, reject } = this.waiting.shift();
    if (frame.error) reject(new Refused(frame.message));
    else resolve(frame.params.data);
  }

  close() {
    this.socket.close();
  }
}
