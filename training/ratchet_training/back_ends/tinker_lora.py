"""A decoder that Tinker trains and answers with: low-rank changes on its machines, the loss of the answer's tokens alone."""

import hashlib
import json
import math
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")

from transformers import AutoTokenizer  # noqa: E402

from ..back_end import NOTHING, LoadedModel, Prediction, Trained, Used, Work  # noqa: E402
from ..decoder_job import check_decoder_job  # noqa: E402
from ..errors import JobError, foundation_missing  # noqa: E402
from ..files import corrupt, write_json, write_whole  # noqa: E402
from ..job import Example, Job  # noqa: E402
from ..plan import Plan  # noqa: E402
from ..questions import Encoded, Questions  # noqa: E402
from ..texts import has_text  # noqa: E402
from ..tinker_client import Gone, Sampler, Tinker, Training, sdk_version, unreachable  # noqa: E402
from ..written import Form, form_of, written  # noqa: E402

CONFIGURATION = {
    "type": "object",
    "properties": {
        "foundation": {"type": "string"},
        "tokenizer": {"type": "string"},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 1000},
        "batchSize": {"type": "integer", "minimum": 1, "maximum": 512},
        "rate": {"type": "number", "exclusiveMinimum": 0},
        "rank": {"type": "integer", "minimum": 1, "maximum": 256},
        "maxTokens": {"type": "integer", "minimum": 64, "maximum": 262144},
        "maxNewTokens": {"type": "integer", "minimum": 1, "maximum": 131072},
        "archive": {"type": "boolean"},
        "keepStates": {"type": "boolean"},
        "keepDays": {"type": "integer", "minimum": 0, "maximum": 3650},
        "usdPerMillionTokens": {"type": "number", "minimum": 0},
        "usdPerMillionPrefilled": {"type": "number", "minimum": 0},
        "usdPerMillionSampled": {"type": "number", "minimum": 0},
    },
    "required": ["foundation", "tokenizer", "epochs", "batchSize", "rate", "rank", "maxTokens", "maxNewTokens"],
    "additionalProperties": False,
}
DAY = 24 * 3600
#: Faults that another attempt does not mend: nobody comes back for what the job has left on the server.
FOR_GOOD = {"InvalidInput", "FoundationMissing", "CorruptArtifact", "OutOfMemory"}


class TinkerLora:
    def check(self, job: Job) -> None:
        check_decoder_job(job, "tinker", CONFIGURATION)
        server = Tinker()
        try:
            server.check(job.foundation)
        finally:
            server.close()

    def steps(self, job: Job, examples: Sequence[Example]) -> int:
        return _plan(job, examples).steps

    def train(self, job: Job, examples: Sequence[Example], folder: Path, work: Work) -> Trained:
        about, tokenizer = _about(job, examples)
        questions = about.questions(tokenizer)
        encoded = [questions.with_answer(example.input, written(example.output)) for example in examples]
        server = Tinker()
        attempt = Attempt(server, job, _plan(job, examples), encoded, work)
        try:
            training = attempt.run()
            days = job.configuration.get("keepDays", 0)
            weights = training.save_for_sampling("served", days * DAY if days > 0 else None)
            archived = job.configuration.get("archive", True) and training.archive("archive", folder / "adapter")
        except JobError as error:
            if error.name in FOR_GOOD:
                attempt.forget()
            raise
        finally:
            server.close()
        if not job.configuration.get("keepStates", False):
            attempt.forget()
        write_json(folder / "tinker.json", {"weights": weights, "archived": archived})
        usd = attempt.tokens * job.configuration.get("usdPerMillionTokens", 0) / 1e6
        usage = {"tokens": attempt.tokens, "usd": round(usd, 6)}
        return Trained(attempt.plan.steps, attempt.final_loss, {"decoder": asdict(about)}, usage)

    def load(self, folder: Path) -> LoadedModel:
        try:
            about = About(**json.loads((folder / "artifact.json").read_text(encoding="utf-8"))["decoder"])
            weights = json.loads((folder / "tinker.json").read_text(encoding="utf-8"))["weights"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise corrupt(f"The artifact cannot be loaded: {error}") from error
        tokenizer = load_tokenizer(about.tokenizer)
        if tokenizer_digest(tokenizer) != about.sha256:
            raise foundation_missing(about.tokenizer, "its tokenizer is not the one that was trained with")
        questions = about.questions(tokenizer)
        paid = Paid(Tinker().sampler(weights), about.usd_per_million_prefilled, about.usd_per_million_sampled)
        if about.labels is None:
            return LoadedWriter(paid, questions, Form(about.reasoned, about.structured))
        return LoadedChooser(paid, questions)

    def versions(self) -> dict[str, str]:
        return {"tinker": sdk_version(), "transformers": version("transformers")}

    def device(self) -> str:
        return "tinker"


class Attempt:
    """The training of one model, which goes on from the state that an earlier attempt has left on the server."""

    def __init__(self, server: Tinker, job: Job, plan: Plan, encoded: Sequence[Encoded], work: Work) -> None:
        self.plan = plan
        #: Tokens that all attempts had the server train.
        self.tokens = 0
        self._server = server
        self._job = job
        self._encoded = encoded
        self._work = work
        self._losses: list[float] = []
        self._step = 0
        self._state: str | None = None

    @property
    def final_loss(self) -> float | None:
        last = self._losses[-math.ceil(len(self._encoded) / self.plan.batch_size) :]
        return sum(last) / len(last) if last else None

    def run(self) -> Training:
        lost_at = -1
        training = self._begin()
        saved = time.monotonic()
        while self._step < self.plan.steps:
            batch = [self._encoded[index] for index in self.plan.batch(self._step)]
            try:
                rate = self._job.configuration["rate"] * self.plan.share_of_rate(self._step)
                loss = training.step(batch, rate)
            except Gone as error:
                # The server was begun anew, or has ended an idle session; what was saved is there all the same.
                if lost_at == self._step:
                    raise unreachable(f"Tinker has lost the training twice at one step: {error}") from error
                lost_at = self._step
                training = self._begin()
                continue
            if not math.isfinite(loss):
                raise JobError(
                    "TrainingFailed",
                    f"The loss is no longer a number at step {self._step + 1} of {self.plan.steps}.",
                    "Take a smaller learning rate.",
                )
            self.tokens += sum(len(one.tokens) for one in batch)
            self._losses.append(loss)
            self._step += 1
            is_due = time.monotonic() - saved >= self._work.checkpoint_seconds
            if is_due and self._step < self.plan.steps:
                self._save(training)
                saved = time.monotonic()
            self._work.step(self._step, loss)
        return training

    def forget(self) -> None:
        """Removes what was left on the server to go on from."""
        if self._state is None and self._work.checkpoint.exists():
            self._state = self._read()["state"]
        if self._state is not None:
            self._server.delete(self._state)
        self._work.checkpoint.unlink(missing_ok=True)
        self._state = None

    def _begin(self) -> Training:
        """From the last state where there is one, else anew."""
        asked = (self._job.foundation, self._job.configuration["rank"], self._job.seed)
        if self._work.checkpoint.exists():
            kept = self._read()
            training = self._server.resumed(*asked, kept["state"])
            if training is not None:
                self._step, self._losses, self._state = kept["step"], kept["losses"], kept["state"]
                self.tokens = max(self.tokens, kept["tokens"])
                return training
        self._step, self._losses, self._state = 0, [], None
        return self._server.training(*asked)

    def _save(self, training: Training) -> None:
        before = self._state
        self._state = training.save_state(f"step-{self._step}")
        kept = {"step": self._step, "state": self._state, "losses": self._losses, "tokens": self.tokens}
        write_whole(self._work.checkpoint, json.dumps(kept).encode())
        if before is not None and before != self._state:
            self._server.delete(before)

    def _read(self) -> dict[str, Any]:
        return json.loads(self._work.checkpoint.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class About:
    """What an artifact says of itself."""

    foundation: str
    tokenizer: str
    #: Of the tokenizer with its chat template.
    sha256: str
    #: None where answers are written freely.
    labels: list[str] | None
    max_tokens: int
    max_new_tokens: int
    reasoned: bool = False
    structured: bool = False
    #: What its answers are counted by, US dollars.
    usd_per_million_prefilled: float = 0
    usd_per_million_sampled: float = 0

    def questions(self, tokenizer: Any) -> Questions:
        return Questions(tokenizer, self.labels, self.max_tokens, self.max_new_tokens)


@dataclass(frozen=True)
class Paid:
    """What answers, with its prices."""

    sampler: Sampler
    usd_per_million_prefilled: float
    usd_per_million_sampled: float

    @property
    def used(self) -> Used:
        read, written = self.sampler.prefilled, self.sampler.sampled
        usd = (read * self.usd_per_million_prefilled + written * self.usd_per_million_sampled) / 1e6
        return Used(read, written, usd)


class LoadedWriter:
    """Writes the likeliest token each time, up to the end or as many as are allowed."""

    def __init__(self, paid: Paid, questions: Questions, form: Form) -> None:
        self._paid = paid
        self._sampler = paid.sampler
        self._questions = questions
        self._form = form

    @property
    def used(self) -> Used:
        return self._paid.used

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        asked = [at for at, text in enumerate(inputs) if has_text(text)]
        questions = self._questions
        prompts = [questions.unanswered(inputs[at]) for at in asked]
        answers = [NOTHING] * len(inputs)
        for at, made in zip(asked, self._sampler.write(prompts, questions.max_new_tokens, questions.end), strict=True):
            text = questions.tokenizer.decode(made.tokens, skip_special_tokens=True).strip()
            output = self._form.read(text)
            confidence = math.exp(sum(made.logs) / len(made.logs)) if made.logs else 0.0
            answers[at] = Prediction(output, confidence, ((output, confidence),))
        return answers


class LoadedChooser:
    """Answers with a label, by the probability of each as the model would write it."""

    def __init__(self, paid: Paid, questions: Questions) -> None:
        self._paid = paid
        self._sampler = paid.sampler
        self._questions = questions

    @property
    def used(self) -> Used:
        return self._paid.used

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        labels = self._questions.labels or []
        asked = [at for at, text in enumerate(inputs) if has_text(text)]
        encoded = [self._questions.with_answer(inputs[at], label) for at in asked for label in labels]
        scores = self._sampler.scores(encoded)
        answers = [NOTHING] * len(inputs)
        for place, at in enumerate(asked):
            own = scores[place * len(labels) : (place + 1) * len(labels)]
            highest = max(own)
            weights = [math.exp(score - highest) for score in own]
            ranked = sorted(
                ((label, weight / sum(weights)) for label, weight in zip(labels, weights)), key=lambda one: -one[1]
            )
            answers[at] = Prediction(*ranked[0], tuple(ranked[: max(1, alternatives)]))
        return answers


def load_tokenizer(name: str) -> Any:
    """A directory, or a name of a model hub."""
    try:
        return AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise JobError(
            "FoundationMissing",
            f"The tokenizer {name!r} cannot be loaded: {type(error).__name__}: {error}"[:600],
            "Name a directory that holds it (ratchet create --trainer-option tokenizer=DIR), or allow the network and sign in "
            "where its licence asks for that (huggingface-cli login).",
        ) from error


def tokenizer_digest(tokenizer: Any) -> str:
    """Of what it makes of texts; a tokenizer that is no fast one is told by its words."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    words = backend.to_str() if backend is not None else json.dumps(tokenizer.get_vocab(), sort_keys=True)
    return hashlib.sha256(f"{words}\0{tokenizer.chat_template}".encode()).hexdigest()


def _about(job: Job, examples: Sequence[Example]) -> tuple[About, Any]:
    asked = job.configuration
    name = asked["tokenizer"] or job.foundation
    tokenizer = load_tokenizer(name)
    outputs = [example.output for example in examples]
    common = (job.foundation, name, tokenizer_digest(tokenizer))
    prices = {
        "usd_per_million_prefilled": asked.get("usdPerMillionPrefilled", 0),
        "usd_per_million_sampled": asked.get("usdPerMillionSampled", 0),
    }
    lengths = (asked["maxTokens"], asked["maxNewTokens"])
    if job.task["kind"] == "classification":
        return About(*common, sorted(set(outputs)), *lengths, **prices), tokenizer
    form = form_of(outputs, job.task.get("checker", "exact"))
    return About(*common, None, *lengths, form.reasoned, form.structured, **prices), tokenizer


def _plan(job: Job, examples: Sequence[Example]) -> Plan:
    weights = tuple(example.weight for example in examples)
    return Plan(weights, job.configuration["epochs"], job.configuration["batchSize"], job.seed)
