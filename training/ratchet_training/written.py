"""Outputs of the task generation as the texts that a decoder writes, and back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .texts import readable

#: Stands between the way to an answer and the answer.
MARK = "\n<answer> "


def answer_of(output: Any) -> Any:
    """What is held against the right output: the output without its reasoning."""
    return output["answer"] if _is_reasoned(output) else output


def written(output: Any) -> str:
    """The reasoning, where it stands apart, then the answer: a text, or JSON with its keys in order and no blanks."""
    answer = answer_of(output)
    text = readable(answer if isinstance(answer, str) else _canonical(answer))
    return f"{readable(output['reasoning'])}{MARK}{text}" if _is_reasoned(output) else text


@dataclass(frozen=True)
class Form:
    """How texts of a model are read back: whether reasoning may stand in them, and whether answers may be JSON."""

    reasoned: bool
    structured: bool

    def read(self, text: str) -> Any:
        """The output that a text is. A text that is no JSON, as it should be, stays a text, which a checker finds wrong."""
        reasoning, mark, answer = text.rpartition(MARK) if self.reasoned else ("", "", text)
        value = _structure(answer) if self.structured else answer
        return {"reasoning": reasoning, "answer": value} if mark else value


def form_of(outputs: Iterable[Any], checker: str) -> Form:
    """As the examples are written; where JSON is checked, answers are JSON whatever the examples are."""
    outputs = list(outputs)
    structured = checker == "json" or any(not isinstance(answer_of(output), str) for output in outputs)
    return Form(any(_is_reasoned(output) for output in outputs), structured)


def _is_reasoned(output: Any) -> bool:
    match output:
        case {"reasoning": str(), "answer": answer, **rest}:
            return answer is not None and not rest
    return False


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _structure(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
