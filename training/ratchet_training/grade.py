"""The metric of each task: share of right labels, micro F1 of entities; of what is written the share that is the same."""

import json
from typing import Any

from .written import answer_of


def score(task: dict[str, Any], pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    """Of pairs (expected, answered); an answer of None is wrong."""
    if task["kind"] == "extraction":
        return {"metric": "entity F1", "value": _entity_f1(pairs), "of": len(pairs)}
    if task["kind"] == "generation":
        # Ratchet's checkers are more lenient; they are not done again here.
        same = sum(_text(answer_of(expected)) == _text(answer_of(answer)) for expected, answer in pairs)
        return {"metric": "same answer", "value": same / len(pairs) if pairs else 0.0, "of": len(pairs)}
    right = sum(_text(expected) == _text(answer) for expected, answer in pairs)
    return {"metric": "accuracy", "value": right / len(pairs) if pairs else 0.0, "of": len(pairs)}


def _entity_f1(pairs: list[tuple[Any, Any]]) -> float:
    shared = total = 0
    for expected, answer in pairs:
        wanted, given = _places(expected), _places(answer)
        shared += len(wanted & given)
        total += len(wanted) + len(given)
    return 2 * shared / total if total else 0.0


def _places(output: Any) -> set[tuple[int, int, str]]:
    return {(entity["start"], entity["end"], entity["label"]) for entity in output or []}


def _text(output: Any) -> str:
    return json.dumps(output, sort_keys=True)
