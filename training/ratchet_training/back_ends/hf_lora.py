"""A decoder that answers with a label, taught by low-rank changes; the loss is of the answer's tokens alone."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from ..back_end import NOTHING, Prediction, Trained, Work  # noqa: E402
from ..errors import foundation_missing, invalid  # noqa: E402
from ..files import corrupt  # noqa: E402
from ..fit import Group, Plan, device, device_name, fit  # noqa: E402
from ..foundation import check_location, weights_digest  # noqa: E402
from ..job import Example, Job  # noqa: E402
from ..texts import condensed, has_text, readable  # noqa: E402

CONFIGURATION = {
    "type": "object",
    "properties": {
        "foundation": {"type": "string"},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 1000},
        "batchSize": {"type": "integer", "minimum": 1, "maximum": 512},
        "rate": {"type": "number", "exclusiveMinimum": 0},
        "rank": {"type": "integer", "minimum": 1, "maximum": 256},
        "maxTokens": {"type": "integer", "minimum": 64, "maximum": 32768},
    },
    "required": ["foundation", "epochs", "batchSize", "rate", "rank", "maxTokens"],
    "additionalProperties": False,
}

#: With more labels than this the question does not name them.
MOST_NAMED = 100
#: What the loss passes over.
IGNORED = -100
#: Answers that are weighed at once.
SCORED = 32


class HfLora:
    def check(self, job: Job) -> None:
        for one in jsonschema.Draft202012Validator(CONFIGURATION).iter_errors(job.configuration):
            raise invalid(f"configuration: {one.message}")
        if job.teacher is not None:
            raise invalid("hf-lora does not learn from another model.", "Leave the teacher out.")
        if job.task["kind"] != "classification":
            raise invalid(f"hf-lora does not train the task {job.task['kind']!r}.", "It trains classification.")
        for example in job.examples:
            if example.output not in job.task["labels"]:
                raise invalid(f"An example has an output that the task does not know: {str(example.output)[:120]}.")

    def steps(self, job: Job, examples: Sequence[Example]) -> int:
        return _plan(job, examples).steps

    def train(self, job: Job, examples: Sequence[Example], folder: Path, work: Work) -> Trained:
        torch.manual_seed(job.seed)
        model, tokenizer = load_foundation(job.foundation)
        labels = sorted({example.output for example in examples})
        questions = Questions(tokenizer, labels, job.configuration["maxTokens"])
        encoded = [questions.with_answer(example.input, example.output) for example in examples]
        settings = LoraConfig(
            r=job.configuration["rank"],
            lora_alpha=2 * job.configuration["rank"],
            target_modules="all-linear",
            bias="none",
            task_type="CAUSAL_LM",
        )
        trained = get_peft_model(model, settings).to(device())
        parameters = [parameter for parameter in trained.parameters() if parameter.requires_grad]
        plan = _plan(job, examples)

        def loss_of(batch: list[int]) -> torch.Tensor:
            tensors = padded([encoded[index] for index in batch], questions.pad)
            return trained(**{name: tensor.to(device()) for name, tensor in tensors.items()}).loss

        final_loss = fit(trained, [Group(parameters, job.configuration["rate"])], plan, loss_of, work)
        trained.to("cpu").save_pretrained(str(folder / "adapter"))
        about = About(job.foundation, weights_digest(job.foundation), labels, job.configuration["maxTokens"])
        return Trained(plan.steps, final_loss, {"decoder": asdict(about)})

    def load(self, folder: Path) -> "LoadedDecoder":
        try:
            about = About(**json.loads((folder / "artifact.json").read_text(encoding="utf-8"))["decoder"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise corrupt(f"The artifact cannot be loaded: {error}") from error
        model, tokenizer = load_foundation(about.foundation)
        if weights_digest(about.foundation) != about.sha256:
            raise foundation_missing(about.foundation, "its weights are not those that the adapter was trained on")
        try:
            tuned = PeftModel.from_pretrained(model, str(folder / "adapter"))
        except (OSError, ValueError, RuntimeError) as error:
            raise corrupt(f"The adapter cannot be loaded: {error}") from error
        questions = Questions(tokenizer, about.labels, about.max_tokens)
        return LoadedDecoder(tuned.merge_and_unload().to(device()).eval(), questions)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("torch", "transformers", "peft")}

    def device(self) -> str:
        return device_name()


@dataclass(frozen=True)
class About:
    """What an artifact says of itself."""

    foundation: str
    sha256: str | None
    labels: list[str]
    max_tokens: int


def load_foundation(name: str) -> tuple[Any, Any]:
    """A decoder with its tokenizer; a directory, or a name of a model hub."""
    check_location(name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
        return AutoModelForCausalLM.from_pretrained(name, dtype=dtype), tokenizer
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise foundation_missing(name, f"{type(error).__name__}: {error}"[:500]) from error


@dataclass(frozen=True)
class Encoded:
    tokens: list[int]
    #: How many of them, from the end, are the answer.
    answer: int


class Questions:
    """What a decoder is asked, by its own chat template where it has one."""

    def __init__(self, tokenizer: Any, labels: Sequence[str], max_tokens: int) -> None:
        self._tokenizer = tokenizer
        self.labels = list(labels)
        self._max_tokens = max_tokens
        self._end = [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else (self._end or [0])[0]

    def ask(self, text: str) -> str:
        named = f" with one of: {', '.join(self.labels)}" if len(self.labels) <= MOST_NAMED else ""
        task = f"Classify the text. Answer{named}."
        if self._tokenizer.chat_template is None:
            return f"{task}\nText: {text}\nAnswer:"
        messages = [{"role": "system", "content": task}, {"role": "user", "content": text}]
        return self._tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)

    def with_answer(self, text: str, label: str) -> Encoded:
        """A question with its answer, the text cut where both are longer than what is read."""
        spaced = label if self._tokenizer.chat_template is not None else f" {label}"
        answer = self._tokenizer.encode(spaced, add_special_tokens=False) + self._end
        text = condensed(readable(text))
        prompt = self._tokenizer.encode(self.ask(text), add_special_tokens=False)
        over = len(prompt) + len(answer) - self._max_tokens
        while over > 0 and text:
            kept = self._tokenizer.encode(text, add_special_tokens=False)[: -over - 1]
            text = self._tokenizer.decode(kept) if kept else ""
            prompt = self._tokenizer.encode(self.ask(text), add_special_tokens=False)
            over = len(prompt) + len(answer) - self._max_tokens
        return Encoded(prompt + answer, len(answer))


def padded(batch: Sequence[Encoded], pad: int) -> dict[str, torch.Tensor]:
    """Tokens to one length, with labels that are those of the answers alone."""
    longest = max(len(one.tokens) for one in batch)
    rest = [longest - len(one.tokens) for one in batch]
    asked = [len(one.tokens) - one.answer for one in batch]
    return {
        "input_ids": torch.tensor([one.tokens + [pad] * more for one, more in zip(batch, rest)]),
        "attention_mask": torch.tensor([[1] * len(one.tokens) + [0] * more for one, more in zip(batch, rest)]),
        "labels": torch.tensor(
            [
                [IGNORED] * before + one.tokens[before:] + [IGNORED] * more
                for one, before, more in zip(batch, asked, rest)
            ]
        ),
    }


class LoadedDecoder:
    def __init__(self, model: Any, questions: Questions) -> None:
        self._model = model
        self._questions = questions

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        with torch.inference_mode():
            return [self._one(text, alternatives) if has_text(text) else NOTHING for text in inputs]

    def _one(self, text: str, alternatives: int) -> Prediction:
        """The probability of each label as the model would write it, among all labels."""
        labels = self._questions.labels
        encoded = [self._questions.with_answer(text, label) for label in labels]
        scores = torch.cat([self._scores(encoded[at : at + SCORED]) for at in range(0, len(encoded), SCORED)])
        chances = torch.softmax(scores.double(), dim=0).tolist()
        ranked = sorted(zip(labels, chances), key=lambda one: -one[1])
        return Prediction(*ranked[0], tuple(ranked[: max(1, alternatives)]))

    def _scores(self, batch: list[Encoded]) -> torch.Tensor:
        """Log-probability of each answer after its question."""
        tensors = padded(batch, self._questions.pad)
        labels = tensors.pop("labels")[:, 1:].to(device())
        logits = self._model(**{name: tensor.to(device()) for name, tensor in tensors.items()}).logits[:, :-1]
        wanted = labels != IGNORED
        chosen = torch.log_softmax(logits.float(), dim=-1).gather(2, labels.clamp(min=0).unsqueeze(2)).squeeze(2)
        return (chosen * wanted).sum(dim=1).cpu()


def _plan(job: Job, examples: Sequence[Example]) -> Plan:
    weights = tuple(example.weight for example in examples)
    return Plan(weights, job.configuration["epochs"], job.configuration["batchSize"], job.seed)
