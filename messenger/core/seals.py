"""What the server must be able to read again, but not who gets hold of its database or of a backup.

It is sealed (AES-GCM) by a key that follows from SECRET_KEY, for one purpose and one person. With another SECRET_KEY
no seal opens any more.
"""

import secrets
from base64 import b85decode, b85encode

from messenger.extensions import settings

# A later way of sealing gets another mark, and what was sealed before stays readable.
MARK = "v1:"
NONCE = 12


def is_sealed(kept: str) -> bool:
    """Or does it stand there as it is?"""
    return kept.startswith(MARK)


def sealed(plain: bytes, purpose: str, user_id: int) -> str:
    """As it may be stored. 20 bytes become 63 signs."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    kept = nonce + AESGCM(_key(purpose)).encrypt(nonce, plain, _whose(user_id))
    return MARK + b85encode(kept).decode()


def opened(kept: str, purpose: str, user_id: int) -> bytes | None:
    """What was sealed; None for what was sealed by another key, for somebody else, or has been changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        raw = b85decode(kept.removeprefix(MARK))
        return AESGCM(_key(purpose)).decrypt(raw[:NONCE], raw[NONCE:], _whose(user_id))
    except (InvalidTag, ValueError):
        return None


def _key(purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    about = f"messenger seals: {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=about).derive(settings.secret_key.encode())


def _whose(user_id: int) -> bytes:
    return f"person {user_id}".encode()
