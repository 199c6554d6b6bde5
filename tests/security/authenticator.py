"""A device that makes and proves passkeys, in software, and says whatever an attacker would like it to say."""

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED, EXTENDED = 1, 4, 64, 128
# An elliptic curve key for signatures of the kind ES256, in the words of COSE.
KIND, ALGORITHM, CURVE, X, Y = 1, 3, -1, -2, -3


class Authenticator:
    """One device with one key. What is given by name stands in the place of the truth."""

    def __init__(self, origin="http://localhost", host="localhost"):
        self.origin, self.host = origin, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = secrets.token_bytes(32)
        self.count = 0
        self.handle = None

    def make(self, options, **odd):
        """What the browser would send for a new passkey."""
        handle = options["user"]["id"]
        self.handle = handle.encode()
        said = self._said("webauthn.create", options, odd)
        credential = odd.get("credential", self.credential)
        attested = b"\0" * 16 + struct.pack(">H", len(credential)) + credential + odd.get("cose", self._cose(odd))
        place = self._place(PRESENT | VERIFIED | ATTESTED, odd) + attested
        sworn = {"fmt": "none", "attStmt": {}, "authData": odd.get("place", place)} | odd.get("sworn", {})
        response = {"clientDataJSON": text(said), "attestationObject": text(odd.get("object", cbor2.dumps(sworn)))}
        return self._answer(response, odd)

    def prove(self, options, **odd):
        """What the browser would send to sign in."""
        self.count += 1
        said = self._said("webauthn.get", options, odd)
        place = odd.get("place", self._place(PRESENT | VERIFIED, odd) + odd.get("more", b""))
        signed = place + hashlib.sha256(said).digest()
        signature = odd.get("key", self.key).sign(signed, ec.ECDSA(SHA256()))
        handle = odd.get("handle", self.handle)
        response = {
            "clientDataJSON": text(odd.get("said_instead", said)),
            "authenticatorData": text(odd.get("place_instead", place)),
            "signature": text(odd.get("signature", signature)),
        }
        if handle is not None:
            response["userHandle"] = handle if isinstance(handle, str) else handle.decode()
        return self._answer(response, odd)

    def _said(self, kind, options, odd):
        challenge = odd.get("challenge", options["challenge"])
        about = {"type": odd.get("type", kind), "challenge": challenge, "origin": odd.get("origin", self.origin)}
        return json.dumps(about | {"crossOrigin": False} | odd.get("client", {})).encode()

    def _place(self, flags, odd):
        host = hashlib.sha256(odd.get("host", self.host).encode()).digest()
        return host + struct.pack(">BI", odd.get("flags", flags), odd.get("count", self.count))

    def _cose(self, odd):
        point = self.key.public_key().public_numbers()
        key = {KIND: 2, ALGORITHM: -7, CURVE: 1, X: point.x.to_bytes(32, "big"), Y: point.y.to_bytes(32, "big")}
        return cbor2.dumps(key | odd.get("public", {}))

    def _answer(self, response, odd):
        credential = text(odd.get("credential", self.credential))
        whole = {"id": credential, "rawId": credential, "type": "public-key", "clientExtensionResults": {}}
        return whole | {"response": response} | odd.get("answer", {})


def text(raw):
    """Bytes as browsers write them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
