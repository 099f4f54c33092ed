"""Shows set-up's steps: one line a step, with the time it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Live
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn


class Progress:
    """Prints steps to a console; on a terminal a step under way shows a spinner and its time so far."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def step(self, name: str, hint: str = "") -> Iterator[None]:
        """A step of that name; `hint` says how long it usually takes."""
        began = time.monotonic()
        announced = f"{name}（{hint}）" if hint else name
        if self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
            with Live(*columns, console=self._console, transient=True) as live:
                live.add_task(f"{announced}……", total=None)
                yield
        else:
            if hint:
                self._console.print(f"· {announced}……", soft_wrap=True)
            yield
        took = time.monotonic() - began
        self._console.print(f"✓ {name}，用时 {took:.1f} 秒", style="green", soft_wrap=True)

    def problem(self, sentence: str, remedy: str) -> None:
        """Print what went wrong and what to do about it."""
        self._console.print(f"✗ {sentence}", style="red", soft_wrap=True, markup=False)
        if remedy:
            self._console.print(f"  {remedy}", soft_wrap=True, markup=False)

    def say(self, sentence: str) -> None:
        """Print a sentence that is neither a step nor a problem."""
        self._console.print(sentence, soft_wrap=True, markup=False)
