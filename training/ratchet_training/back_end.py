"""What a back end is to a job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from .job import Example, Job


@dataclass(frozen=True)
class Prediction:
    """An answer: None for an input with no text to go by. Alternatives are (output, confidence), best first."""

    output: Any | None
    confidence: float
    alternatives: tuple[tuple[Any, float], ...] = ()


NOTHING = Prediction(None, 0.0)


@dataclass
class Used:
    """What answers have had somebody else's machines do so far, who asks money for it."""

    #: Tokens of questions.
    read: int = 0
    #: Tokens of answers.
    written: int = 0
    #: US dollars, by the prices that are configured.
    usd: float = 0.0

    def since(self, before: "Used") -> "Used":
        return Used(self.read - before.read, self.written - before.written, self.usd - before.usd)


@dataclass(frozen=True)
class Work:
    """One model's training: where it keeps its checkpoint, and whom it tells of its steps."""

    checkpoint: Path
    checkpoint_seconds: float
    step: Callable[[int, float | None], None]


@dataclass(frozen=True)
class Trained:
    """What a training came to, with its files in the folder it was given."""

    steps: int
    final_loss: float | None
    facts: dict[str, Any] = field(default_factory=dict)
    #: {"tokens", "usd"}, where somebody else's machines trained.
    usage: dict[str, float] | None = None


def used_by(model: "LoadedModel") -> Used | None:
    """What the answers of a model have used so far; None where nobody asks money for them. A model that is paid has it as `used`."""
    used = getattr(model, "used", None)
    return None if used is None else replace(used)


class LoadedModel(Protocol):
    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        """Answers in the order of the inputs, each as if it were alone."""
        ...


class BackEnd(Protocol):
    def check(self, job: Job) -> None:
        """Raises JobError InvalidInput for a task, an output or a configuration that it cannot train."""
        ...

    def steps(self, job: Job, examples: Sequence[Example]) -> int:
        """How many steps a model of these examples takes."""
        ...

    def train(self, job: Job, examples: Sequence[Example], folder: Path, work: Work) -> Trained:
        """Trains one model into a new folder; goes on from the checkpoint where there is one."""
        ...

    def load(self, folder: Path) -> LoadedModel:
        """Raises JobError CorruptArtifact for a folder that it did not make, FoundationMissing."""
        ...

    def versions(self) -> dict[str, str]: ...

    def device(self) -> str: ...
