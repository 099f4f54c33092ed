import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from records.keys import KeyFault, load_keys

GIVEN = base64.b64encode(b"k" * 32).decode()


def test_the_key_file_is_made_once_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "key"
    first = load_keys(None, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(None, path) == first
    assert len(first.master) == 32
    assert list(path.parent.iterdir()) == [path]


def test_two_installations_get_different_keys(tmp_path: Path) -> None:
    assert load_keys(None, tmp_path / "a") != load_keys(None, tmp_path / "b")


def test_a_given_key_wins_and_makes_no_file(tmp_path: Path) -> None:
    assert load_keys(GIVEN, tmp_path / "key").master == b"k" * 32
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_key_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    load_keys(None, path)
    path.chmod(mode)
    with pytest.raises(KeyFault, match="chmod 600"):
        load_keys(None, path)


@pytest.mark.parametrize("content", ["", "not base64!", base64.b64encode(b"short").decode(), "密钥"])
def test_a_malformed_key_is_refused_by_the_name_of_where_it_came_from(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFault, match=str(path)):
        load_keys(None, path)
    with pytest.raises(KeyFault, match="ONECALL_DATA_KEY"):
        load_keys(content, path)


def test_each_purpose_gets_a_key_of_its_own() -> None:
    keys = load_keys(GIVEN, Path("unused"))
    derived = {keys.derive(purpose) for purpose in ("columns", "links", "blind index")}
    assert len(derived) == 3
    assert keys.master not in derived


def test_starting_many_times_at_once_makes_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(lambda _: load_keys(None, tmp_path / "key"), range(8)))
    assert len(set(loaded)) == 1
