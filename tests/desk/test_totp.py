"""Codes of an authenticator application."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENT = datetime(2026, 11, 25, 9, 0, 10, tzinfo=UTC)
STEP = int(MOMENT.timestamp()) // 30
CODES = pyotp.TOTP(SECRET)


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B: the last six of its eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert totp.step_of(secret, "287082", datetime.fromtimestamp(59, UTC), None) == 1
    assert totp.step_of(secret, "005924", datetime.fromtimestamp(1234567890, UTC), None) == 41152263


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(off: int, taken: bool) -> None:
    found = totp.step_of(SECRET, CODES.at(MOMENT + timedelta(seconds=30 * off)), MOMENT, None)
    assert found == (STEP + off if taken else None)


@pytest.mark.parametrize("last", [STEP, STEP + 1])
def test_a_code_is_not_taken_again_nor_is_an_older_one(last: int) -> None:
    assert totp.step_of(SECRET, CODES.at(MOMENT), MOMENT, last) is None


def test_a_code_may_be_typed_with_a_gap() -> None:
    code = CODES.at(MOMENT)
    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]} ", MOMENT, STEP - 1) == STEP


@given(st.text(max_size=8) | st.from_regex(r"\d{6}", fullmatch=True))
def test_anything_else_is_refused_and_breaks_nothing(sent: str) -> None:
    right = {CODES.at(MOMENT + timedelta(seconds=30 * off)) for off in (-1, 0, 1)}
    if "".join(sent.split()) not in right:
        assert totp.step_of(SECRET, sent, MOMENT, None) is None


def test_an_address_names_office_and_login_and_every_secret_is_new() -> None:
    first, second = totp.new_secret(), totp.new_secret()
    assert first != second and len(first) == 32
    address = totp.address(first, "wangmin", "示范街道办事台")
    assert address.startswith("otpauth://totp/") and f"secret={first}" in address and "wangmin" in address
