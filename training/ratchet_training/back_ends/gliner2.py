"""GLiNER2: one encoder for classification and named entities, trained in full or by LoRA."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from gliner2 import ExtractorConfig, SpanExtractor  # noqa: E402
from gliner2.processor import SamplingConfig  # noqa: E402
from gliner2.training.lora_targets import _resolve_targets  # noqa: E402
from peft import LoraConfig, PeftModel, get_peft_model  # noqa: E402

from ..back_end import NOTHING, Prediction, Trained, Work  # noqa: E402
from ..errors import JobError, foundation_missing, invalid  # noqa: E402
from ..files import corrupt  # noqa: E402
from ..fit import Group, Plan, device, device_name, fit  # noqa: E402
from ..foundation import check_location, weights_digest  # noqa: E402
from ..job import Example, Job  # noqa: E402
from ..offsets import Offsets  # noqa: E402
from ..texts import MOST_CHARACTERS, condensed, has_text, readable  # noqa: E402
from .gliner2_onnx import write_onnx  # noqa: E402
from .gliner2_words import ReadableWords, most_text_tokens  # noqa: E402

CONFIGURATION = {
    "type": "object",
    "properties": {
        "foundation": {"type": "string"},
        "method": {"enum": ["full", "lora"]},
        "epochs": {"type": "integer", "minimum": 1, "maximum": 1000},
        "batchSize": {"type": "integer", "minimum": 1, "maximum": 512},
        "encoderRate": {"type": "number", "exclusiveMinimum": 0},
        "headRate": {"type": "number", "exclusiveMinimum": 0},
        "rank": {"type": "integer", "minimum": 1, "maximum": 256},
        "threshold": {"type": "number", "minimum": 0, "maximum": 1},
        "onnx": {"type": "boolean"},
    },
    "required": ["foundation", "method", "epochs", "batchSize", "encoderRate", "headRate", "rank", "threshold"],
    "additionalProperties": False,
}

#: Words that are read of a text, with the labels before it.
MOST_WORDS = 300
#: The name of the one question that a classification asks.
QUESTION = "label"
#: Words of the longest entity, where the foundation is an encoder alone; a published GLiNER2 has its own.
WIDEST = 12
#: Places that are less likely than this are not looked at, unless the threshold lies lower.
LEAST = 0.02


class Gliner2:
    def check(self, job: Job) -> None:
        problem = jsonschema.Draft202012Validator(CONFIGURATION).iter_errors(job.configuration)
        for one in problem:
            raise invalid(f"configuration: {one.message}")
        kind = job.task["kind"]
        if kind not in ("classification", "extraction"):
            raise invalid(f"gliner2 does not train the task {kind!r}.", "It trains classification and extraction.")
        labels = set(job.task["labels"])
        for example in job.examples:
            found = _labels_of(example, kind)
            if found is None or not found <= labels:
                raise invalid(f"An example has an output that the task does not know: {str(example.output)[:120]}.")

    def steps(self, job: Job, examples: Sequence[Example]) -> int:
        return _plan(job, examples).steps

    def train(self, job: Job, examples: Sequence[Example], folder: Path, work: Work) -> Trained:
        torch.manual_seed(job.seed)
        model = load_foundation(job.foundation)
        model.processor.sampling_config = unsampled()
        schema = Schema.of(job.task, examples, job.configuration["threshold"])
        writes_onnx = job.configuration.get("onnx", False)
        if not schema.asks:
            # Nothing can be told apart: what is trained would answer the same.
            model.save_pretrained(str(folder / "model"))
            if writes_onnx:
                write_onnx(model.eval(), schema, MOST_WORDS, None, folder)
            return Trained(0, None, schema.facts("full"))
        words = ReadableWords(model, most_text_tokens(model, schema.question(model)))
        model.set_word_splitter(words)
        records = [schema.record(example, words) for example in examples]
        plan = _plan(job, examples)
        method = job.configuration["method"]
        trained = with_lora(model, schema.kind, job.configuration["rank"]) if method == "lora" else model
        trained.to(device())
        if device().type == "cpu":
            trained.float()
        groups = _groups(trained, job.configuration)
        base = trained.base_model.model if method == "lora" else trained

        def loss_of(batch: list[int]) -> torch.Tensor:
            collated = model.processor.collate_fn_train([records[index] for index in batch], max_len=MOST_WORDS)
            outputs = base(collated)
            if outputs["batch_size"] != len(batch):
                raise JobError("TrainingFailed", "GLiNER2 could not read an example.", "See the job's log.")
            return outputs["total_loss"] / len(batch)

        final_loss = fit(trained, groups, plan, loss_of, work)
        trained.to("cpu")
        facts = schema.facts(method)
        if method == "lora" and is_checkpoint(job.foundation):
            # What it stands on can be had again, so that what was trained is enough.
            trained.save_pretrained(str(folder / "adapter"))
            facts["foundation"] = {"name": job.foundation, "sha256": weights_digest(job.foundation)}
        else:
            whole = trained.merge_and_unload() if method == "lora" else model
            whole.save_pretrained(str(folder / "model"), merge_lora=False)
        if writes_onnx:
            merged = trained.merge_and_unload() if "foundation" in facts else whole
            write_onnx(merged.eval(), schema, MOST_WORDS, words.most_tokens, folder)
        return Trained(plan.steps, final_loss, facts)

    def load(self, folder: Path) -> "LoadedGliner2":
        try:
            about = json.loads((folder / "artifact.json").read_text(encoding="utf-8"))
            schema = Schema(**about["schema"])
            model = on_foundation(about["foundation"], folder) if "foundation" in about else None
            model = model or SpanExtractor.from_pretrained(str(folder / "model"))
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise corrupt(f"The artifact cannot be loaded: {error}") from error
        return LoadedGliner2(model.to(device()).eval(), schema)

    def versions(self) -> dict[str, str]:
        return {name: version(name) for name in ("gliner2", "torch", "transformers", "peft")}

    def device(self) -> str:
        return device_name()


def load_foundation(name: str) -> SpanExtractor:
    """A published GLiNER2, or a new one on an encoder of BERT's kind; a directory, or a name of a model hub."""
    check_location(name)
    try:
        if is_checkpoint(name):
            return SpanExtractor.from_pretrained(name)
        return SpanExtractor(ExtractorConfig(model_name=name, architecture="span", max_width=WIDEST))
    except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
        raise foundation_missing(name, f"{type(error).__name__}: {error}"[:500]) from error


def is_checkpoint(name: str) -> bool:
    """Whether a foundation is a whole GLiNER2, not an encoder alone. Of a hub's names this is taken to be so."""
    path = Path(name) / "config.json"
    if not Path(name).is_dir():
        return True
    if not path.is_file():
        raise foundation_missing(name, "it has no config.json")
    about = json.loads(path.read_text(encoding="utf-8"))
    if about.get("architecture", "span") != "span":
        raise invalid(
            f"The foundation {name} has the architecture {about['architecture']!r}.",
            "Take one of the architecture span, such as fastino/gliner2-base-v1.",
        )
    return "counting_layer" in about


def on_foundation(foundation: dict[str, Any], folder: Path) -> SpanExtractor:
    name, digest = foundation["name"], foundation["sha256"]
    model = load_foundation(name)
    if weights_digest(name) != digest:
        raise foundation_missing(name, "its weights are not those that the adapter was trained on")
    return PeftModel.from_pretrained(model, str(folder / "adapter")).merge_and_unload()


def with_lora(model: SpanExtractor, kind: str, rank: int) -> PeftModel:
    """Low-rank changes of the encoder; the task's own head, which is small, is trained in full."""
    heads = ["classifier"] if kind == "classification" else ["span_rep", "count_embed"]
    return get_peft_model(
        model,
        LoraConfig(
            r=rank,
            lora_alpha=2 * rank,
            target_modules=_resolve_targets(model, ["encoder"]),
            modules_to_save=heads,
            bias="none",
        ),
    )


def unsampled() -> SamplingConfig:
    """Every label at every step, under its own name: the defaults are for learning to read labels, not a fixed set."""
    return SamplingConfig(
        remove_entities_prob=0,
        remove_entity_prob=0,
        synthetic_entity_label_prob=0,
        shuffle_entities=False,
        remove_classification_prob=0,
        remove_classification_label_prob=0,
        synthetic_label_prob=0,
        include_true_label_prob=1.0,
        shuffle_classification_labels=False,
    )


@dataclass(frozen=True)
class Schema:
    """What a model is asked: labels as the task has them, and as they are read."""

    kind: str
    labels: list[str]
    names: list[str]
    overlaps: bool
    threshold: float

    @staticmethod
    def of(task: dict[str, Any], examples: Sequence[Example], threshold: float) -> "Schema":
        # A label without an example is never answered.
        found = sorted(set().union(*(_labels_of(example, task["kind"]) or set() for example in examples)))
        labels = found or task["labels"]
        names = [readable_label(label) for label in labels]
        if len(set(names)) < len(names):
            names = labels
        return Schema(task["kind"], labels, names, task.get("overlaps") == "allowed", threshold)

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask: one class alone is the answer to everything."""
        return self.kind == "extraction" or len(self.labels) > 1

    @property
    def least(self) -> float:
        """Places that are less likely than this are not looked at."""
        return min(LEAST, self.threshold)

    def question(self, model: SpanExtractor) -> Any:
        """What a text is asked."""
        if self.kind == "extraction":
            return model.create_schema().entities(self.names)
        return model.create_schema().classification(
            QUESTION, self.names, multi_label=True, cls_threshold=0.0, class_act="softmax"
        )

    def facts(self, method: str) -> dict[str, Any]:
        return {"schema": asdict(self), "method": method}

    def record(self, example: Example, words) -> tuple[str, dict[str, Any]]:
        """An example as GLiNER2 takes it."""
        if self.kind == "classification":
            name = self.names[self.labels.index(example.output)]
            one = {"task": QUESTION, "labels": self.names, "true_label": [name]}
            return condensed(readable(example.input)) or ".", {"classifications": [one]}
        text = readable(example.input)[:MOST_CHARACTERS]
        mentions: dict[str, list[dict[str, Any]]] = {name: [] for name in self.names}
        offsets = Offsets(text)
        spans = [(start, end) for _, start, end in words(text)]
        begins = {start: at for at, (start, _) in enumerate(spans)}
        ends = {end: at for at, (_, end) in enumerate(spans)}
        for entity in example.output:
            start, end = offsets.to_points(entity["start"]), offsets.to_points(entity["end"])
            # What begins or ends within a word cannot be answered, nor learnt.
            if start in begins and end in ends:
                one = {"text": text[start:end], "start": start, "end": end}
                mentions[self.names[self.labels.index(entity["label"])]].append(one)
        return text, {"entities": mentions}


def readable_label(label: str) -> str:
    """A label as words: `refund_request` and `RefundRequest` are `refund request`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_\-./]+", " ", label).strip().lower() or label


def _labels_of(example: Example, kind: str) -> set[str] | None:
    if kind == "classification":
        return {example.output} if isinstance(example.output, str) else None
    try:
        return {entity["label"] for entity in example.output}
    except (TypeError, KeyError):
        return None


def _plan(job: Job, examples: Sequence[Example]) -> Plan:
    weights = tuple(example.weight for example in examples)
    return Plan(weights, job.configuration["epochs"], job.configuration["batchSize"], job.seed)


def _groups(model: torch.nn.Module, configuration: dict[str, Any]) -> list[Group]:
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    encoder = [parameter for name, parameter in named if "encoder." in name]
    heads = [parameter for name, parameter in named if "encoder." not in name]
    # Low-rank changes start from nothing, and need larger steps.
    rate = configuration["encoderRate"] * (10 if configuration["method"] == "lora" else 1)
    return [Group(encoder, rate), Group(heads, configuration["headRate"])]


class LoadedGliner2:
    def __init__(self, model: SpanExtractor, schema: Schema) -> None:
        self._model = model
        self._schema = schema
        if schema.asks:
            model.set_word_splitter(ReadableWords(model, most_text_tokens(model, schema.question(model))))
        if schema.kind == "extraction":
            # GLiNER2 finds no entity where it counts none, by a head that no entity trains: from an encoder it is random.
            with torch.no_grad():
                model.count_pred[-1].bias[0] = -torch.inf
        # Answers must not hang on what else is asked, which on a processor is exact only one by one.
        self._batch = 1 if device().type == "cpu" else 32

    def predict(self, inputs: Sequence[str], alternatives: int) -> list[Prediction]:
        known = [index for index, text in enumerate(inputs) if has_text(text)]
        predictions = [NOTHING] * len(inputs)
        if not known:
            return predictions
        ask = self._classify if self._schema.kind == "classification" else self._extract
        with torch.inference_mode():
            for index, answer in zip(known, ask([inputs[index] for index in known], alternatives), strict=True):
                predictions[index] = answer
        return predictions

    def _classify(self, texts: list[str], alternatives: int) -> list[Prediction]:
        labels = self._schema.labels
        if not self._schema.asks:
            return [Prediction(labels[0], 1.0, ((labels[0], 1.0),)) for _ in texts]
        schema = self._schema.question(self._model)
        texts = [condensed(readable(text)) for text in texts]
        answers = self._model.batch_extract(
            texts, schema, self._batch, include_confidence=True, max_len=MOST_WORDS
        )
        predictions = []
        for answer in answers:
            chances = {one["label"]: one["confidence"] for one in answer[QUESTION]}
            ranked = sorted(
                ((label, chances[name]) for label, name in zip(labels, self._schema.names)), key=lambda one: -one[1]
            )
            predictions.append(Prediction(*ranked[0], tuple(ranked[: max(1, alternatives)])))
        return predictions

    def _extract(self, texts: list[str], _alternatives: int) -> list[Prediction]:
        texts = [readable(text)[:MOST_CHARACTERS] for text in texts]
        answers = self._model.batch_extract(
            texts,
            self._schema.question(self._model),
            self._batch,
            threshold=self._schema.least,
            include_confidence=True,
            include_spans=True,
            max_len=MOST_WORDS,
            overlap_policy="none",
        )
        return [self._entities(text, answer["entities"]) for text, answer in zip(texts, answers, strict=True)]

    def _entities(self, text: str, found: dict[str, list[dict[str, Any]]]) -> Prediction:
        """
        The surest places first; of two that overlap the surer one, where the task allows one alone. `entities.ts` does
        the same with the logits of the ONNX graph.
        """
        offsets = Offsets(text)
        by_name = dict(zip(self._schema.names, self._schema.labels))
        places = sorted(
            (
                # Rounded here, so that of places that are as good as certain the first and longest come first.
                (round(one["confidence"], 6), one["start"], min(one["end"], len(text)), by_name[name])
                for name, ones in found.items()
                for one in ones
                if one["start"] < len(text)
            ),
            key=lambda place: (-place[0], place[1], -place[2], place[3]),
        )
        kept: list[tuple[float, int, int, str]] = []
        left_out = 0.0
        for place in places:
            chance, start, end, label = place
            clashes = any(
                start < other[2] and other[1] < end and (not self._schema.overlaps or label == other[3])
                for other in kept
            )
            if clashes:
                continue
            if chance >= self._schema.threshold:
                kept.append(place)
            else:
                left_out = max(left_out, chance)
        entities = [
            {
                "label": label,
                "start": offsets.to_units(start),
                "end": offsets.to_units(end),
                "text": text[start:end],
                "confidence": chance,
            }
            for chance, start, end, label in sorted(kept, key=lambda place: (place[1], -place[2], place[3]))
        ]
        confidence = min([1 - left_out, *(chance for chance, *_ in kept)])
        return Prediction(entities, confidence, ((entities, confidence),))
