"""One-time codes of an authenticator application (RFC 6238): six digits, a new one every 30 seconds."""

import re
import secrets
from datetime import datetime

import pyotp

STEP_S = 30
STEPS_OFF = 1
"""How many steps a clerk's clock may be off, either way."""

_CODE = re.compile(r"\d{6}", re.ASCII)


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32(32)


def address(secret: str, login: str, office: str) -> str:
    """The `otpauth://` address that authenticator applications read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=office)


def step_of(secret: str, code: str, moment: datetime, last_step: int | None) -> int | None:
    """The step `code` belongs to, if it is one of now and later than the last one taken; None where it is wrong."""
    code = "".join(code.split())
    if not _CODE.fullmatch(code):
        return None
    present, codes = int(moment.timestamp()) // STEP_S, pyotp.TOTP(secret)
    for step in range(present - STEPS_OFF, present + STEPS_OFF + 1):
        if secrets.compare_digest(codes.generate_otp(step), code) and (last_step is None or step > last_step):
            return step
    return None
