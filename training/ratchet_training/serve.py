"""
Answers requests, a line of JSON each, with models that stay loaded.

{"id", "artifact": {"path", "sha256"}, "inputs": [...], "alternatives"} is answered by {"id", "done"} lines on the way and one
{"id", "predictions": [{"output", "confidence", "alternatives"}]} or {"id", "error": {"name", "message", "mend"}}. Where answers are
paid for, "usage": {"inputTokens", "outputTokens", "usd"} stands beside the predictions.
"""

import json
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .back_end import LoadedModel, Prediction, Used, used_by
from .errors import JobError, as_job_error
from .files import corrupt, sha256_of, unpack
from .run import BackEnds

#: Models that stay loaded, each of the size of its foundation.
MOST_LOADED = 2
#: Inputs between two lines that tell how far an answer is.
SLICE = 64


class Models:
    """Loads artifacts by their digest, and keeps the last few."""

    def __init__(self, back_ends: BackEnds) -> None:
        self._back_ends = back_ends
        self._loaded: OrderedDict[str, tuple[LoadedModel, list[str]]] = OrderedDict()

    def get(self, path: Path, sha256: str) -> tuple[LoadedModel, list[str]]:
        """The model, and all labels of a classification. Raises JobError ObjectMissing, CorruptArtifact, FoundationMissing."""
        if sha256 in self._loaded:
            self._loaded.move_to_end(sha256)
            return self._loaded[sha256]
        if not path.is_file():
            raise JobError("ObjectMissing", f"There is no artifact {path}.", "Restore it from a backup.")
        if sha256_of(path) != sha256:
            raise corrupt(f"{path} is not the artifact that its digest speaks of.")
        while len(self._loaded) >= MOST_LOADED:
            self._loaded.popitem(last=False)
        self._loaded[sha256] = load_archive(path, self._back_ends)
        return self._loaded[sha256]


def load_archive(path: Path, back_ends: BackEnds) -> tuple[LoadedModel, list[str]]:
    """The model of an artifact, and all labels of a classification. Raises JobError CorruptArtifact, FoundationMissing."""
    folder = Path(tempfile.mkdtemp(prefix="ratchet-model-"))
    try:
        unpack(path, folder)
        return load_folder(folder, back_ends)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def load_folder(folder: Path, back_ends: BackEnds) -> tuple[LoadedModel, list[str]]:
    """The same of an artifact that is unpacked."""
    try:
        about = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))
        make = back_ends[about["backEnd"]]
        labels = about["task"]["labels"] if about["task"]["kind"] == "classification" else []
    except (OSError, ValueError, KeyError) as error:
        raise corrupt(f"The artifact is of no back end that is known here: {error}") from error
    return make().load(folder), labels


def serve(lines: Iterable[str], tell: Callable[[str], None], back_ends: BackEnds) -> None:
    """Answers until there are no more lines."""
    models = Models(back_ends)
    for line in lines:
        if not line.strip():
            continue
        request: dict[str, Any] = json.loads(line)
        try:
            answer = _answer(request, models, tell)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with one request is told, and the next is answered
            told = as_job_error(error)
            answer = {"error": {"name": told.name, "message": told.message, "mend": told.mend}}
        tell(json.dumps({"id": request["id"], **answer}))


def _answer(request: dict[str, Any], models: Models, tell: Callable[[str], None]) -> dict[str, Any]:
    model, labels = models.get(Path(request["artifact"]["path"]), request["artifact"]["sha256"])

    def told(done: int) -> None:
        tell(json.dumps({"id": request["id"], "done": done}))

    before = used_by(model) or Used()
    answers = predictions(model, labels, request["inputs"], request["alternatives"], told)
    used = used_by(model)
    if used is None:
        return {"predictions": answers}
    now = used.since(before)
    usage = {"inputTokens": now.read, "outputTokens": now.written, "usd": max(0.0, now.usd)}
    return {"predictions": answers, "usage": usage}


def predictions(
    model: LoadedModel,
    labels: list[str],
    inputs: list[str],
    alternatives: int,
    done: Callable[[int], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Answers in the order of the inputs, as JSON has them; the same text is asked once."""
    distinct = list(dict.fromkeys(inputs))
    known: dict[str, Prediction] = {}
    for start in range(0, len(distinct), SLICE):
        part = distinct[start : start + SLICE]
        known.update(zip(part, model.predict(part, alternatives), strict=True))
        done(round(len(known) / len(distinct) * len(inputs)))
    return [_plain(known[text], labels, alternatives) for text in inputs]


def _plain(prediction: Prediction, labels: list[str], alternatives: int) -> dict[str, Any]:
    named = list(prediction.alternatives)
    if labels and prediction.output is not None:
        # What a model has no example of is possible all the same, and never probable.
        known = {label for label, _ in named}
        named += [(label, 0.0) for label in labels if label not in known][: max(0, alternatives - len(named))]
    return {
        "output": prediction.output,
        "confidence": prediction.confidence,
        "alternatives": [
            {"output": output, "confidence": confidence} for output, confidence in named
        ],
    }


def stdin_lines() -> Iterable[str]:
    return iter(sys.stdin.readline, "")
