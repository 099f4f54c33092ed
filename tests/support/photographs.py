"""The photographs of the face library's own tests, as `./onecall test` fetched them."""

from functools import cache

from app.setup import project_paths
from app.setup.photographs import folder


@cache
def photograph(name: str) -> bytes:
    """A photograph's bytes: `obama`, `obama2`, `biden` ..."""
    (path,) = folder(project_paths()).glob(f"{name}.*")
    return path.read_bytes()
