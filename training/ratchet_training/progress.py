"""Tells how far a job is."""

import json
import time
from collections.abc import Callable
from pathlib import Path


class Progress:
    """Steps over all models of a job, as lines of a file and of whoever listens."""

    def __init__(self, path: Path, total: int, tell: Callable[[str], None]) -> None:
        self._path = path
        self._total = max(1, total)
        self._tell = tell
        self._told = 0.0
        self.before = 0

    def step(self, model: str, steps: int, loss: float | None, last: bool = False) -> None:
        """`steps` of this model are done. Told at most four times a second, and when it is the model's last."""
        now = time.monotonic()
        if now - self._told < 0.25 and not last:
            return
        self._told = now
        line = json.dumps(
            {"done": min(self._total, self.before + steps), "total": self._total, "model": model, "loss": loss}
        )
        with self._path.open("a", encoding="utf-8") as opened:
            opened.write(line + "\n")
        self._tell(line)
