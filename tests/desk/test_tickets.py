"""What a browser brings back is believed only where it was sealed here, for this, and not long ago."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from desk.tickets import opened, sealed

MINUTE = timedelta(minutes=1)


class Note(BaseModel):
    word: str


class Other(BaseModel):
    number: int


def test_a_ticket_opens_for_its_purpose_and_while_it_lasts() -> None:
    ticket = sealed(Note(word="王敏"), "a", MINUTE)
    assert opened(ticket, "a", Note) == Note(word="王敏")
    assert opened(ticket, "b", Note) is None
    assert opened(ticket, "a", Other) is None
    assert opened(sealed(Note(word="王敏"), "a", -MINUTE), "a", Note) is None


def test_a_ticket_tells_nobody_what_is_in_it() -> None:
    assert "wangmin" not in sealed(Note(word="wangmin"), "a", MINUTE)


@given(st.text(max_size=200), st.integers(0, 60), st.characters())
def test_nothing_else_opens(text: str, at: int, sign: str) -> None:
    assert opened(text, "a", Note) is None
    ticket = sealed(Note(word="x"), "a", MINUTE)
    changed = ticket[:at] + sign + ticket[at + 1 :]
    if changed != ticket:
        assert opened(changed, "a", Note) is None
