"""A back end that needs nothing but Python: jobs of it are quick, or as slow as they are told to be."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ratchet_training.back_end import NOTHING, Prediction, Trained, Used, Work
from ratchet_training.errors import foundation_missing, invalid
from ratchet_training.files import corrupt, write_whole
from ratchet_training.texts import has_text


class Counting:
    """Counts which words go with which output, a label or what is to be written; a step is an example. Slow where `configuration.seconds` says so."""

    def check(self, job) -> None:
        if job.foundation != "nothing":
            raise foundation_missing(job.foundation, "counting starts from nothing")
        is_labelled = job.task["kind"] == "classification"
        if is_labelled and any(example.output not in job.task["labels"] for example in job.examples):
            raise invalid("An example has an output that the task does not know.")
        if job.configuration.get("fault") == "memory":
            raise MemoryError("no more")
        if job.configuration.get("fault") == "kill":
            os.kill(os.getpid(), signal.SIGKILL)

    def steps(self, job, examples) -> int:
        return len(examples)

    def train(self, job, examples, folder: Path, work: Work) -> Trained:
        state: dict[str, Any] = {"step": 0, "counts": {}}
        if work.checkpoint.exists():
            state = json.loads(work.checkpoint.read_text())
        for step in range(state["step"], len(examples)):
            one = examples[step]
            for word in one.input.split():
                row = state["counts"].setdefault(word, {})
                key = json.dumps(one.output, sort_keys=True)
                row[key] = row.get(key, 0) + one.weight
            state["step"] = step + 1
            write_whole(work.checkpoint, json.dumps(state).encode())
            work.step(step + 1, 1 / (step + 1))
            time.sleep(job.configuration.get("seconds", 0))
        (folder / "counts.json").write_text(json.dumps(state["counts"]))
        paid = job.configuration.get("paid", False)
        return Trained(len(examples), 1 / len(examples), {"paid": paid}, {"tokens": 7, "usd": 0.5} if paid else None)

    def load(self, folder: Path) -> "LoadedCounts":
        try:
            about = json.loads((folder / "artifact.json").read_text())
            return LoadedCounts(json.loads((folder / "counts.json").read_text()), about.get("paid", False))
        except (OSError, ValueError) as error:
            raise corrupt(f"no counts: {error}") from error

    def versions(self) -> dict[str, str]:
        return {"counting": "1"}

    def device(self) -> str:
        return "cpu"


class LoadedCounts:
    """Paid ones cost a dollar a text."""

    def __init__(self, counts: dict[str, dict[str, float]], paid: bool = False) -> None:
        self._counts = counts
        self._outputs = sorted({key for row in counts.values() for key in row})
        if paid:
            self.used = Used()

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        if hasattr(self, "used"):
            self.used.read += sum(len(text.split()) for text in inputs)
            self.used.written += len(inputs)
            self.used.usd += len(inputs)
        return [self._one(text, alternatives) if has_text(text) else NOTHING for text in inputs]

    def _one(self, text: str, alternatives: int) -> Prediction:
        scores = Counter({key: 0.1 for key in self._outputs})
        for word in text.split():
            scores.update(self._counts.get(word, {}))
        total = sum(scores.values())
        ranked = sorted(((json.loads(key), score / total) for key, score in scores.items()), key=lambda one: -one[1])
        return Prediction(*ranked[0], tuple(ranked[:alternatives]))


back_ends = {"counting": Counting}
