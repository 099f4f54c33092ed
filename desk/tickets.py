"""Sealed tickets: what a browser is given for the next step of signing in, and is believed when it brings it back."""

import base64
import binascii
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from records.base import now
from records.encryption import Undecryptable, seal, unseal

Content = TypeVar("Content", bound=BaseModel)


class _Sealed(BaseModel):
    """What is sealed, and until when it is good, in seconds since 1970."""

    until: float
    content: str


def sealed(content: BaseModel, purpose: str, lasts: timedelta) -> str:
    """`content` encrypted, to be opened with the same purpose while it lasts; safe in a cookie and in a form."""
    whole = _Sealed(until=(now() + lasts).timestamp(), content=content.model_dump_json())
    return base64.urlsafe_b64encode(seal(whole.model_dump_json().encode(), purpose)).decode()


def opened(text: str, purpose: str, kind: type[Content]) -> Content | None:
    """What was sealed; None where it was not sealed by us for this purpose, or is over."""
    try:
        whole = _Sealed.model_validate_json(unseal(base64.urlsafe_b64decode(text.encode("ascii")), purpose))
        return kind.model_validate_json(whole.content) if whole.until > now().timestamp() else None
    except (UnicodeEncodeError, binascii.Error, Undecryptable, ValidationError):
        return None
