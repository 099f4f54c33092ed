"""Passwords of the desk: argon2id hashes, and which passwords are refused.

The rules are those of NIST SP 800-63B: long enough, not commonly used, not the login; no rules about kinds of
characters and no expiry, which only lead to worse passwords.
"""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 256
"""In characters; whatever is longer is refused unread, so that nobody makes the hash work on a book."""

COMMONEST = frozenset((Path(__file__).parent / "commonest_passwords.txt").read_text(encoding="utf-8").split())
"""The fifty commonest of those that are long enough, in small letters."""

_hasher = PasswordHasher()
_hashing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")
"""One hash at a time, beside the chat: each takes 64 MiB, and strangers may ask for them."""


class PasswordFault(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    LOGIN = "login"


class PasswordRefused(Exception):
    """A password that cannot be set."""

    def __init__(self, fault: PasswordFault) -> None:
        super().__init__(fault)
        self.fault = fault


def check(password: str, login: str) -> None:
    """Raises PasswordRefused where `password` cannot be that of `login`."""
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise PasswordRefused(PasswordFault.SHORT)
    if len(plain) > LONGEST:
        raise PasswordRefused(PasswordFault.LONG)
    if plain.casefold() == login.casefold():
        raise PasswordRefused(PasswordFault.LOGIN)
    if plain.casefold() in COMMONEST or len(set(plain)) == 1:
        raise PasswordRefused(PasswordFault.COMMON)


def hashed(password: str) -> str:
    """The argon2id hash of a password, with its salt and parameters; takes about a tenth of a second and 64 MiB."""
    return _hasher.hash(_bytes_of(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed. Without a hash it takes as long, and is never right."""
    if len(password) > LONGEST:
        return False
    try:
        right = _hasher.verify(_nobodys() if kept is None else kept, _bytes_of(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


async def hashed_aside(password: str) -> str:
    """As `hashed`, while everything else goes on."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, hashed, password)


async def matches_aside(kept: str | None, password: str) -> bool:
    """As `matches`, while everything else goes on."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, matches, kept, password)


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed("nobody has this password")


def _normal(password: str) -> str:
    """One form for what looks alike: input methods give full-width and composed characters."""
    return unicodedata.normalize("NFKC", password)


def _bytes_of(password: str) -> bytes:
    # A browser sends no lone surrogates; a stranger may, and they match nothing.
    return _normal(password).encode("utf-8", "surrogatepass")
