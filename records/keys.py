"""The installation's master key: from a setting, or a file made on first start with mode 0600."""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class KeyFault(Exception):
    """The master key is missing, malformed or readable by others."""


@dataclass(frozen=True)
class Keys:
    """The master key, never used itself: every purpose gets a key of its own, derived by HKDF (RFC 5869)."""

    master: bytes

    def derive(self, purpose: str) -> bytes:
        """A 32-byte key for one purpose."""
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(self.master)


def load_keys(given: str | None, key_file: Path) -> Keys:
    """The keys from `given` (base64) or from `key_file`, which is made if absent. Raises KeyFault."""
    if given is not None:
        return Keys(_decoded(given, "ONECALL_DATA_KEY"))
    if not key_file.exists():
        _create(key_file)
    if key_file.stat().st_mode & 0o077:
        raise KeyFault(f"密钥文件 {key_file} 别人也能读，请先执行 chmod 600")
    return Keys(_decoded(key_file.read_text().strip(), str(key_file)))


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFault(f"{where} 里的密钥不是 base64") from error
    if len(key) != KEY_BYTES:
        raise KeyFault(f"{where} 里的密钥应当是 {KEY_BYTES} 字节，现在是 {len(key)} 字节")
    return key


def _create(key_file: Path) -> None:
    key_file.parent.mkdir(parents=True, exist_ok=True)
    fresh = key_file.with_name(f".{key_file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, key_file)  # loses, harmlessly, against another process that was first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
