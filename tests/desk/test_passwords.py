"""Which passwords can be set, and how they are kept."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import passwords
from desk.passwords import COMMONEST, PasswordFault, PasswordRefused

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordFault.SHORT),
        ("123456789", PasswordFault.SHORT),
        ("正好九个字的密码呀", PasswordFault.SHORT),
        ("长" * 257, PasswordFault.LONG),
        ("1234567890", PasswordFault.COMMON),
        ("PassWord1234", PasswordFault.COMMON),
        ("１２３４５６７８９０", PasswordFault.COMMON),
        ("aaaaaaaaaaaaa", PasswordFault.COMMON),
        ("wangmin-2026", PasswordFault.LOGIN),
        ("ＷangMin-2026", PasswordFault.LOGIN),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, fault: PasswordFault) -> None:
    with pytest.raises(PasswordRefused) as refused:
        passwords.check(password, "wangmin-2026")
    assert refused.value.fault is fault


@pytest.mark.parametrize("password", ["correct horse", "窗前明月光疑是地上霜", "0571-8888-8888", "长短" * 128])
def test_any_other_password_is_taken_whatever_characters_it_has(password: str) -> None:
    passwords.check(password, "wangmin")


def test_fifty_common_passwords_are_known_and_all_are_long_enough_to_matter() -> None:
    assert len(COMMONEST) == 50
    assert all(len(each) >= passwords.SHORTEST and each == each.casefold() for each in COMMONEST)


def test_a_hash_is_argon2id_with_a_salt_of_its_own_and_fits_its_column() -> None:
    first, second = passwords.hashed("correct horse"), passwords.hashed("correct horse")
    assert first.startswith("$argon2id$")
    assert first != second
    assert len(first) <= 255
    assert passwords.matches(first, "correct horse") and not passwords.matches(first, "correct horsf")


def test_what_looks_alike_is_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    assert passwords.matches(passwords.hashed("ｃorrect１２３"), "correct123")


def test_a_hash_of_weaker_parameters_still_matches_and_is_outdated() -> None:
    weak = CHEAP.hash("correct horse")
    assert passwords.matches(weak, "correct horse")
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("correct horse"))


def test_nobody_has_no_password_and_a_broken_hash_matches_none() -> None:
    for kept in (None, "", "no hash", "$argon2id$v=19$m=1"):
        assert not passwords.matches(kept, "nobody has this password")


@settings(max_examples=30)
@given(st.text(max_size=40) | st.just("\ud800" * 12))
def test_whatever_a_stranger_sends_matches_nothing_and_breaks_nothing(sent: str) -> None:
    assert not passwords.matches(CHEAP.hash("correct horse"), sent)
