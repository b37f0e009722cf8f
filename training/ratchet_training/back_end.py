"""What a back end is to a job."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
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
