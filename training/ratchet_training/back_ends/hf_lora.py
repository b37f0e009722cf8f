"""A decoder that answers with a label or writes, taught by low-rank changes; the loss is of the answer's tokens alone."""

import json
import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from os.path import commonprefix
from pathlib import Path
from typing import Any

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from ..back_end import NOTHING, LoadedModel, Prediction, Trained, Work  # noqa: E402
from ..decoder_job import check_decoder_job  # noqa: E402
from ..errors import foundation_missing  # noqa: E402
from ..files import corrupt  # noqa: E402
from ..fit import Group, device, device_name, fit  # noqa: E402
from ..foundation import check_location, weights_digest  # noqa: E402
from ..greedy import Greedy, Text, common, read_beginning  # noqa: E402
from ..job import Example, Job  # noqa: E402
from ..plan import Plan  # noqa: E402
from ..questions import Encoded, Questions  # noqa: E402
from ..texts import has_text  # noqa: E402
from ..written import Form, form_of, written  # noqa: E402

CONFIGURATION = {
    "type": "object",
    "properties": {
        "foundation": {"type": "string"},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 1000},
        "batchSize": {"type": "integer", "minimum": 1, "maximum": 512},
        "rate": {"type": "number", "exclusiveMinimum": 0},
        "rank": {"type": "integer", "minimum": 1, "maximum": 256},
        "maxTokens": {"type": "integer", "minimum": 64, "maximum": 32768},
        "maxNewTokens": {"type": "integer", "minimum": 1, "maximum": 16384},
    },
    "required": ["foundation", "epochs", "batchSize", "rate", "rank", "maxTokens"],
    "additionalProperties": False,
}

#: Tokens of an answer that is written, at most, where the configuration does not say.
USUAL_NEW_TOKENS = 256
#: What the loss passes over.
IGNORED = -100
#: Answers that are weighed at once.
SCORED = 32


class HfLora:
    def check(self, job: Job) -> None:
        check_decoder_job(job, "hf-lora", CONFIGURATION, USUAL_NEW_TOKENS)

    def steps(self, job: Job, examples: Sequence[Example]) -> int:
        return _plan(job, examples).steps

    def train(self, job: Job, examples: Sequence[Example], folder: Path, work: Work) -> Trained:
        torch.manual_seed(job.seed)
        model, tokenizer = load_foundation(job.foundation)
        model.to(training_numbers())
        about = _about(job, examples)
        questions = about.questions(tokenizer)
        encoded = [questions.with_answer(example.input, written(example.output)) for example in examples]
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
            return loss_of_answers(trained, [encoded[index] for index in batch], questions)

        final_loss = fit(trained, [Group(parameters, job.configuration["rate"])], plan, loss_of, work)
        trained.to("cpu").save_pretrained(str(folder / "adapter"))
        return Trained(plan.steps, final_loss, {"decoder": asdict(about)})

    def load(self, folder: Path) -> LoadedModel:
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
        # Merged as it was loaded: changes are small beside the weights.
        merged = tuned.merge_and_unload().to(device(), answering_numbers()).eval()
        questions = about.questions(tokenizer)
        if about.labels is None:
            return LoadedWriter(merged, questions, Form(about.reasoned, about.structured))
        return LoadedDecoder(merged, questions)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("torch", "transformers", "peft")}

    def device(self) -> str:
        return device_name()


@dataclass(frozen=True)
class About:
    """What an artifact says of itself."""

    foundation: str
    sha256: str | None
    #: None where answers are written freely.
    labels: list[str] | None
    max_tokens: int
    #: Tokens of an answer at most, where it is written freely.
    max_new_tokens: int = 0
    reasoned: bool = False
    structured: bool = False

    def questions(self, tokenizer: Any) -> Questions:
        return Questions(tokenizer, self.labels, self.max_tokens, self.max_new_tokens)


def _about(job: Job, examples: Sequence[Example]) -> About:
    digest = weights_digest(job.foundation)
    limit = job.configuration["maxTokens"]
    outputs = [example.output for example in examples]
    if job.task["kind"] == "classification":
        return About(job.foundation, digest, sorted(set(outputs)), limit)
    form = form_of(outputs, job.task.get("checker", "exact"))
    return About(job.foundation, digest, None, limit, _new_tokens(job), form.reasoned, form.structured)


def _new_tokens(job: Job) -> int:
    return job.configuration.get("maxNewTokens", USUAL_NEW_TOKENS)


def load_foundation(name: str) -> tuple[Any, Any]:
    """A decoder with its tokenizer; a directory, or a name of a model hub."""
    check_location(name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
        return AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32), tokenizer
    except (OSError, ValueError, ImportError, KeyError) as error:
        raise foundation_missing(name, f"{type(error).__name__}: {error}"[:500]) from error


def answering_numbers() -> torch.dtype:
    """All bits on a processor: with half of them what is read alone so often comes out otherwise that it takes longer."""
    return torch.bfloat16 if torch.cuda.is_available() else torch.float32


def training_numbers() -> torch.dtype:
    """Half as many bits where the machine calculates with them: on a processor that cannot they are slower."""
    if torch.cuda.is_available():
        return torch.bfloat16
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32


def loss_of_answers(model: Any, batch: Sequence[Encoded], questions: Questions) -> torch.Tensor:
    """Mean cross entropy of the answers' tokens. What all questions begin with is read once for the whole batch."""
    logits, wanted = answers_told(model, batch, questions.beginning, questions.pad)
    return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), ignore_index=IGNORED)


def answers_told(
    model: Any, batch: Sequence[Encoded], beginning: Sequence[int], pad: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """
    What the model would write in the place of each token of the answers, and those tokens; IGNORED where there is none.

    :param beginning: tokens that are read once where all of the batch begin with them
    """
    prompts = [one.tokens[: -one.answer] for one in batch]
    read = common(beginning, prompts)
    tensors = {name: tensor.to(device()) for name, tensor in padded(batch, pad).items()}
    # The first answer is told by the token before it; what goes before that is not told.
    first = min(len(prompt) for prompt in prompts) - 1
    last = tensors["input_ids"].shape[1] - 1
    logits = model(
        input_ids=tensors["input_ids"][:, read:],
        attention_mask=tensors["attention_mask"],
        past_key_values=read_beginning(model, beginning[:read], len(batch)),
        use_cache=read > 0,
        logits_to_keep=torch.arange(first - read, last - read, device=device()),
    ).logits
    return logits, tensors["labels"][:, first + 1 :]


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
        labels = self._questions.labels or []
        encoded = [self._questions.with_answer(text, label) for label in labels]
        scores = torch.cat([self._scores(encoded[at : at + SCORED]) for at in range(0, len(encoded), SCORED)])
        chances = torch.softmax(scores.double(), dim=0).tolist()
        ranked = sorted(zip(labels, chances), key=lambda one: -one[1])
        return Prediction(*ranked[0], tuple(ranked[: max(1, alternatives)]))

    def _scores(self, batch: list[Encoded]) -> torch.Tensor:
        """Log-probability of each answer after its question, which is read once for all of them."""
        prompts = [one.tokens[: -one.answer] for one in batch]
        question = commonprefix(prompts)[: min(len(prompt) for prompt in prompts) - 1]
        logits, labels = answers_told(self._model, batch, question, self._questions.pad)
        wanted = labels != IGNORED
        chosen = torch.log_softmax(logits.float(), dim=-1).gather(2, labels.clamp(min=0).unsqueeze(2)).squeeze(2)
        return (chosen * wanted).sum(dim=1).cpu()


class LoadedWriter:
    """Writes the likeliest token each time, up to the end or as many as are allowed."""

    def __init__(self, model: Any, questions: Questions, form: Form) -> None:
        self._questions = questions
        self._form = form
        self._greedy = Greedy(model, questions.beginning, questions.tokenizer.eos_token_id, questions.pad)

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        known = [at for at, text in enumerate(inputs) if has_text(text)]
        predictions = [NOTHING] * len(inputs)
        prompts = [self._questions.unanswered(inputs[at]) for at in known]
        with torch.inference_mode():
            written = self._greedy.write(prompts, self._questions.max_new_tokens)
        for at, text in zip(known, written, strict=True):
            predictions[at] = self._read(text)
        return predictions

    def _read(self, text: Text) -> Prediction:
        """Confidence is the geometric mean of the tokens' probabilities, the end's with them."""
        said = self._questions.tokenizer.decode(text.tokens, skip_special_tokens=True).strip()
        output = self._form.read(said)
        confidence = math.exp(sum(text.log_probabilities) / len(text.log_probabilities))
        return Prediction(output, confidence, ((output, confidence),))


def _plan(job: Job, examples: Sequence[Example]) -> Plan:
    weights = tuple(example.weight for example in examples)
    return Plan(weights, job.configuration["epochs"], job.configuration["batchSize"], job.seed)
