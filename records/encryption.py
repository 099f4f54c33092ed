"""Encrypted column types: AES-256-GCM, each value bound to the column it was written for."""

import hashlib
import hmac
import json
import secrets
from typing import Any, Literal, get_args

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from records.keys import Keys

NONCE_BYTES = 12


Key = Literal["columns", "faces"]
"""Which derived key: faces have one of their own, so that whoever could read the columns still has no face."""


class Undecryptable(Exception):
    """A stored value that this installation's key does not open."""


class _Cipher:
    """The process's cipher; `use_keys` sets it once at start."""

    def __init__(self, keys: Keys) -> None:
        self.aeads: dict[Key, AESGCM] = {name: AESGCM(keys.derive(name)) for name in get_args(Key)}
        self.index_key = keys.derive("blind index")


_current: list[_Cipher] = []


def use_keys(keys: Keys) -> None:
    """Set the keys that encrypted columns of this process are read and written with."""
    _current[:] = [_Cipher(keys)]


def seal(plain: bytes, purpose: str, key: Key = "columns") -> bytes:
    """Encrypt `plain`; only `unseal` with the same purpose opens it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _current[0].aeads[key].encrypt(nonce, plain, purpose.encode())


def unseal(sealed: bytes, purpose: str, key: Key = "columns") -> bytes:
    """Decrypt what `seal` made. Raises Undecryptable."""
    try:
        return _current[0].aeads[key].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise Undecryptable(purpose) from error


def blind_index(value: str, purpose: str) -> str:
    """A keyed hash to look a sensitive value up by without storing it in the clear."""
    return hmac.new(_current[0].index_key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


class EncryptedText(TypeDecorator[str]):
    """Text stored encrypted. `purpose` names the column, so a value moved elsewhere does not open."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else seal(value.encode(), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else unseal(value, self.purpose).decode()


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value stored encrypted."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else seal(json.dumps(value, ensure_ascii=False).encode(), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt on the way out."""
        return None if value is None else json.loads(unseal(value, self.purpose))


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes stored encrypted, by a key of their own where one is named."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str, key: Key = "columns") -> None:
        super().__init__()
        self.purpose, self.key = purpose, key

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else seal(value, self.purpose, self.key)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else unseal(value, self.purpose, self.key)
