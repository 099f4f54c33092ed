"""The photographs of people that the tests of faces need: those of `face_recognition`'s own tests, never committed."""

import hashlib
import tarfile
import tempfile
from pathlib import Path

from app.setup.children import run
from app.setup.errors import SetupError
from app.setup.interpreters import get_uv
from app.setup.paths import Paths
from app.setup.progress import Progress

SOURCE = "face_recognition==1.3.0"
SHA256 = "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec"
PIP = "pip==25.3"
_INSIDE = "face_recognition-1.3.0/tests/test_images/"


def folder(paths: Paths) -> Path:
    """Where the photographs lie once they are fetched."""
    return paths.local / "photographs"


def prepare_photographs(paths: Paths, progress: Progress) -> None:
    """Fetch the library's source, pinned by its hash, and keep the pictures in it. Raises SetupError."""
    if folder(paths).is_dir():
        return
    paths.local.mkdir(parents=True, exist_ok=True)
    with (
        progress.step("下载测试用的人脸照片", "几秒钟"),
        tempfile.TemporaryDirectory(dir=paths.local, prefix="photographs-") as place,
    ):
        source = _fetched(paths, Path(place))
        pictures = Path(place) / "pictures"
        pictures.mkdir()
        with tarfile.open(source) as archive:
            for entry in archive.getmembers():
                if entry.isfile() and entry.name.startswith(_INSIDE):
                    content = archive.extractfile(entry)
                    assert content is not None
                    (pictures / Path(entry.name).name).write_bytes(content.read())
        pictures.rename(folder(paths))


def _fetched(paths: Paths, place: Path) -> Path:
    log = paths.logs / "photographs.log"
    command: list[str | Path] = [
        get_uv(paths),
        "tool",
        "run",
        PIP,
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--dest",
        place,
        SOURCE,
    ]
    status = run(command, cwd=place, log=log)
    found = list(place.glob("*.tar.gz"))
    if status != 0 or not found:
        raise SetupError(f"测试用的照片下载失败，日志在 {log}。", "请检查网络，再运行一次。")
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != SHA256:
        raise SetupError("测试用的照片与记录的指纹不一致，没有使用。", "请检查网络里是否有人改了内容。")
    return found[0]
