"""A GLiNER2 as one ONNX graph with its tokenizer, for what answers without Python."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import torch

from ..errors import JobError
from ..texts import MOST_CHARACTERS
from .gliner2_words import question_tokens

#: The folder of an artifact that holds it.
FOLDER = "onnx"
OPSET = 17


class Classifier(torch.nn.Module):
    """From the tokens of one text, with the labels before it, to a logit a label."""

    def __init__(self, model: Any, positions: list[int]) -> None:
        super().__init__()
        self.pooling = "first"
        self.encoder = model.encoder
        self.classifier = model.classifier
        self.register_buffer("positions", torch.tensor(positions))

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.classifier(_states(self.encoder, input_ids)[self.positions]).squeeze(-1)


class Extractor(torch.nn.Module):
    """
    From the same, and where the words of the text begin, to a logit for each label, first word and number of words less
    one. What reaches beyond the last word means nothing.
    """

    def __init__(self, model: Any, positions: list[int]) -> None:
        super().__init__()
        self.pooling = model.processor.token_pooling
        self.encoder = model.encoder
        self.count_embed = model.count_embed
        self.spans = model.span_rep.span_rep_layer
        self.register_buffer("positions", torch.tensor(positions))

    def forward(self, input_ids: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
        states = _states(self.encoder, input_ids)
        # Of entities GLiNER2 looks at what it counts first alone.
        labels = self.count_embed(states[self.positions], 1)[0]
        return self._scores(states[words], labels)

    def _scores(self, words: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """What `SpanMarkerV0.score_queries` computes, which unfolds, and that cannot be written."""
        first, _, _, last = self.spans.out_project
        width = words.shape[-1]
        starts = self.spans.project_start(words).relu() @ first.weight[:, :width].T + first.bias
        ends = self.spans.project_end(words).relu() @ first.weight[:, width:].T
        count = words.shape[0]
        reached = torch.arange(count).unsqueeze(1) + torch.arange(self.spans.max_width)
        hidden = (starts.unsqueeze(1) + ends[reached.clamp(max=count - 1)]).relu()
        scores = hidden @ (labels @ last.weight).T + labels @ last.bias
        return scores.permute(2, 0, 1)


def _states(encoder: torch.nn.Module, input_ids: torch.Tensor) -> torch.Tensor:
    return encoder(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).last_hidden_state[0]


def write_onnx(model: Any, schema: Any, most_words: int, most_tokens: int | None, folder: Path) -> None:
    """
    Writes the graph of a model in 32 bits, its tokenizer, and what stands before every text. Of one class alone there is
    nothing to compute. Raises JobError TrainingFailed for a model that cannot be written.
    """
    target = folder / FOLDER
    target.mkdir()
    about: dict[str, Any] = {"version": 1, "labels": schema.labels, "mostWords": most_words, "mostCharacters": MOST_CHARACTERS}
    if most_tokens is not None:
        about["mostTokens"] = most_tokens
    if schema.kind == "extraction":
        about |= {"threshold": schema.threshold, "least": schema.least, "overlaps": schema.overlaps}
    if schema.asks:
        about["before"], positions = question_tokens(model, schema.question(model))
        model.processor.tokenizer.save_pretrained(target)
        for path in target.iterdir():
            if path.name not in ("tokenizer.json", "tokenizer_config.json"):
                path.unlink()
        ids = torch.tensor([[*about["before"], *about["before"][-2:]]])
        if schema.kind == "classification":
            _write_graph(Classifier(model, positions), {"input_ids": ids}, target / "graph.onnx")
        else:
            words = torch.tensor([ids.shape[1] - 2, ids.shape[1] - 1])
            _write_graph(Extractor(model, positions), {"input_ids": ids, "words": words}, target / "graph.onnx")
    (target / "about.json").write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_graph(graph: torch.nn.Module, inputs: dict[str, torch.Tensor], path: Path) -> None:
    implementation = graph.encoder.config._attn_implementation
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        if graph.pooling != "first":
            raise NotImplementedError(f"words are pooled by {graph.pooling!r}")
        graph.encoder.set_attn_implementation("eager")
        # PyTorch's shortcut for attention cannot be written.
        torch.backends.mha.set_fastpath_enabled(False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logging.getLogger("torch.onnx").setLevel(logging.CRITICAL)
            torch.onnx.export(
                graph.eval(),
                tuple(inputs.values()),
                str(path),
                input_names=list(inputs),
                output_names=["logits"],
                dynamic_axes={name: {value.dim() - 1: f"{name}_length"} for name, value in inputs.items()},
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as error:  # noqa: BLE001 - whatever a model cannot be written for
        raise JobError(
            "TrainingFailed",
            f"The model cannot be written as ONNX: {type(error).__name__}: {error}"[:500],
            "Take the predictor gliner2 in place of gliner2-onnx, or another foundation.",
        ) from error
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        graph.encoder.set_attn_implementation(implementation)
