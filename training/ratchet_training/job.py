"""Reads and checks a job: job.json and the files that it names."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from .errors import JobError, invalid
from .files import sha256_of

FOLDS = 10


@dataclass(frozen=True)
class Example:
    """A training example: what is asked, what is right, how much it weighs, and the folds that must not train it."""

    input: str
    output: Any
    weight: float
    folds: tuple[int, ...]


@dataclass(frozen=True)
class Item:
    """What an evaluation set asks; `expected` is None where nobody knows."""

    id: str
    input: str
    expected: Any | None


@dataclass(frozen=True)
class Model:
    """A model to train; `held_out` is (part, parts) or None."""

    name: str
    held_out: tuple[int, int] | None


@dataclass(frozen=True)
class Job:
    key: str
    digest: str
    back_end: str
    task: dict[str, Any]
    examples: tuple[Example, ...]
    models: tuple[Model, ...]
    evaluation_sets: dict[str, tuple[Item, ...]]
    configuration: Any
    seed: int
    foundation: str
    checkpoint_seconds: float

    def kept_for(self, model: Model) -> tuple[Example, ...]:
        """The examples that a model may train."""
        if model.held_out is None:
            return self.examples
        part, parts = model.held_out
        return tuple(
            example for example in self.examples if all(fold * parts // FOLDS != part for fold in example.folds)
        )


@cache
def schema() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("job.schema.json").read_text(encoding="utf-8"))


def read_job(folder: Path) -> Job:
    """Raises JobError InvalidInput with all that is wrong, ObjectMissing for a file that is not there."""
    text = _read(folder / "job.json")
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise invalid(f"job.json is not JSON: {error}.") from error
    problems = sorted(jsonschema.Draft202012Validator(schema()).iter_errors(raw), key=lambda one: list(one.path))
    if problems:
        told = "; ".join(f"{'.'.join(map(str, one.path)) or 'job.json'}: {one.message}"[:300] for one in problems[:5])
        raise invalid(f"job.json does not fit its schema. {told}")
    names = [model["name"] for model in raw["models"]]
    if len(set(names)) < len(names):
        raise invalid("Two models of the job have one name.")
    examples = tuple(
        _example(line, f"{raw['dataset']['path']}, line {number}")
        for number, line in _lines(folder, raw["dataset"])
    )
    if not examples:
        raise invalid("The dataset has no example.", "Give the job a dataset with examples.")
    return Job(
        key=raw["key"],
        digest=hashlib.sha256(text).hexdigest(),
        back_end=raw["backEnd"],
        task=raw["task"],
        examples=examples,
        models=tuple(
            Model(model["name"], None if model["heldOut"] is None else (model["heldOut"]["part"], model["heldOut"]["parts"]))
            for model in raw["models"]
        ),
        evaluation_sets={
            one["name"]: tuple(
                _item(line, f"{one['path']}, line {number}") for number, line in _lines(folder, one)
            )
            for one in raw["evaluationSets"]
        },
        configuration=raw["configuration"],
        seed=raw["seed"],
        foundation=raw["foundation"],
        checkpoint_seconds=raw["checkpointSeconds"],
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise JobError("ObjectMissing", f"There is no {path}.", "Put the file there and start the job again.") from error


def _checked(folder: Path, file: dict[str, str]) -> Path:
    path = folder / file["path"]
    if not path.is_file():
        raise JobError("ObjectMissing", f"There is no {path}.", "Put the file there and start the job again.")
    if sha256_of(path) != file["sha256"]:
        raise JobError("CorruptArtifact", f"{path} is not the file that the job speaks of.", "Make the job anew.")
    return path


def _lines(folder: Path, file: dict[str, str]) -> list[tuple[int, Any]]:
    path = _checked(folder, file)
    lines = []
    # Not splitlines: it also cuts at characters that stand within JSON texts.
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            lines.append((number, json.loads(line)))
        except ValueError as error:
            raise invalid(f"{file['path']}, line {number} is not JSON: {error}.") from error
    return lines


def _example(line: Any, where: str) -> Example:
    match line:
        case {"input": str() as text, "output": output} if output is not None:
            weight = line.get("weight", 1)
            folds = line.get("folds", [])
            is_weight = isinstance(weight, (int, float)) and not isinstance(weight, bool) and weight > 0
            if is_weight and isinstance(folds, list) and all(fold in range(FOLDS) for fold in folds):
                return Example(text, output, float(weight), tuple(folds))
    raise invalid(f"{where} is no example: it needs input, output, a weight above 0 and folds from 0 to 9.")


def _item(line: Any, where: str) -> Item:
    match line:
        case {"id": str() as name, "input": str() as text}:
            return Item(name, text, line.get("expected"))
    raise invalid(f"{where} is no evaluation item: it needs id and input.")
