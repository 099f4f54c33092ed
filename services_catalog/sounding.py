"""How a text sounds, tones aside: 底边 and 低边 are one to whoever speaks, or picks the first character offered."""

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=4096)
def sound(text: str) -> tuple[str, ...]:
    """The toneless syllables of a text; whatever has none stays as it is."""
    return tuple(lazy_pinyin(text))
