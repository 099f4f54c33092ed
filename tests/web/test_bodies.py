from collections.abc import AsyncIterator

import httpx

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
WORDS, FILE = 64 * 1024, 12 * 1024 * 1024
PIECE = 16 * 1024


class Sent:
    """A body in pieces, which tells how many were taken."""

    def __init__(self, size: int, start: bytes = b"") -> None:
        self.size, self.start, self.taken = size, start, 0

    async def pieces(self) -> AsyncIterator[bytes]:
        yield self.start
        for _ in range(self.size // PIECE):
            self.taken += PIECE
            yield b" " * PIECE


async def test_words_beyond_64_kilobytes_are_refused_whether_announced_or_not(browser: httpx.AsyncClient) -> None:
    announced = await browser.post("/chat/messages", content=b" " * (WORDS + 1), headers=JSON)
    sent = Sent(50 * WORDS)
    chunked = await browser.post("/chat/messages", content=sent.pieces(), headers=JSON)
    for answer in (announced, chunked):
        assert (answer.status_code, answer.json()) == (413, {"detail": "一次发的内容太多了，请分成几条发。"})
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert sent.taken <= WORDS + PIECE


async def test_a_length_that_lies_does_not_help(browser: httpx.AsyncClient) -> None:
    for length in ("1", "9" * 5000, "-1", "x", "²"):
        headers = httpx.Headers({**JSON, "Content-Length": length}, encoding="utf-8")
        answer = await browser.post("/chat/messages", content=Sent(2 * WORDS).pieces(), headers=headers)
        assert answer.status_code == 413


async def test_a_file_beyond_12_megabytes_is_refused_whether_announced_or_not(browser: httpx.AsyncClient) -> None:
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    sent = Sent(2 * FILE, start)
    chunked = await browser.post("/chat/files", content=sent.pieces(), headers=FORM)
    announced = await browser.post("/chat/files", content=start + bytes(FILE), headers=FORM)
    for answer in (announced, chunked):
        assert answer.status_code == 413
        assert "10MB" in answer.json()["detail"]
    assert sent.taken <= FILE + PIECE


async def test_words_in_pieces_are_taken_in(browser: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"client_id": "pieces-0001",'
        yield b'"text": "' + b"a" * 2000 + b'"}'

    assert (await browser.post("/chat/messages", content=pieces(), headers=JSON)).status_code == 202
