// A passkey is made or proved by the browser itself; here its questions and answers are carried to and fro.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const ask = async (address, fields) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
    body: JSON.stringify(fields),
  });
  const said = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(said.message), { isSaid: true });
  return said;
};

const plain = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
};

const listed = (known) => (known ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

class Passkey extends HTMLElement {
  async attempt(deed) {
    const trouble = this.querySelector(".form-error");
    trouble.hidden = true;
    try {
      location.assign((await deed()).next);
    } catch (error) {
      trouble.textContent = error.isSaid ? error.message : this.dataset.textFailed;
      trouble.hidden = false;
    }
  }
}

customElements.define("passkey-maker", class extends Passkey {
  connectedCallback() {
    this.closest("section").hidden = !window.PublicKeyCredential;
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.attempt(() => this.make(event.target.action, new FormData(event.target)));
    });
  }

  async make(address, form) {
    const { options, ticket } = await ask(`${address}/options`, { password: form.get("passkey-password") });
    const publicKey = { ...options, challenge: bytes(options.challenge), excludeCredentials: listed(options.excludeCredentials),
      user: { ...options.user, id: bytes(options.user.id) } };
    const credential = await navigator.credentials.create({ publicKey });
    return ask(address, { ticket, name: form.get("passkey-name"), answer: plain(credential) });
  }
});

customElements.define("passkey-door", class extends Passkey {
  connectedCallback() {
    this.hidden = !window.PublicKeyCredential;
    this.querySelector("button").addEventListener("click", () => this.attempt(() => this.prove()));
  }

  async prove() {
    const { options, ticket } = await ask("/login/passkey/options", {});
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) };
    const credential = await navigator.credentials.get({ publicKey });
    return ask("/login/passkey", { ticket, next: this.dataset.next, answer: plain(credential) });
  }
});
