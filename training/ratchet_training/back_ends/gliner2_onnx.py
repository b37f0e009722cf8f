"""A GLiNER2 that classifies, as one ONNX graph with its tokenizer, for what answers without Python."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import torch

from ..errors import JobError
from ..texts import MOST_CHARACTERS

#: The folder of an artifact that holds it.
FOLDER = "onnx"
OPSET = 17


class Classifier(torch.nn.Module):
    """From the tokens of one text, with the labels before it, to a logit a label."""

    def __init__(self, encoder: torch.nn.Module, classifier: torch.nn.Module, positions: list[int]) -> None:
        super().__init__()
        self.encoder = encoder
        self.classifier = classifier
        self.register_buffer("positions", torch.tensor(positions))

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).last_hidden_state
        return self.classifier(states[0, self.positions]).squeeze(-1)


def write_onnx(model: Any, schema: Any, most_words: int, folder: Path) -> None:
    """
    Writes the graph of a model in 32 bits, its tokenizer, and what stands before every text. Of one label alone there is
    nothing to compute. Raises JobError TrainingFailed for an encoder that cannot be written.
    """
    target = folder / FOLDER
    target.mkdir()
    about: dict[str, Any] = {"version": 1, "labels": schema.labels, "mostWords": most_words, "mostCharacters": MOST_CHARACTERS}
    if len(schema.labels) > 1:
        record = model.processor.transform_and_format("a text", schema.question(model).build())
        [marks] = record.schema_special_positions
        begin = record.text_word_first_positions[0]
        # The first mark is the question's own.
        about |= {"before": record.input_ids[:begin], "positions": marks[1:]}
        model.processor.tokenizer.save_pretrained(target)
        for path in target.iterdir():
            if path.name not in ("tokenizer.json", "tokenizer_config.json"):
                path.unlink()
        _write_graph(model, record.input_ids, marks[1:], target / "graph.onnx")
    (target / "about.json").write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_graph(model: Any, ids: list[int], positions: list[int], path: Path) -> None:
    implementation = model.encoder.config._attn_implementation
    try:
        model.encoder.set_attn_implementation("eager")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            logging.getLogger("torch.onnx").setLevel(logging.ERROR)
            torch.onnx.export(
                Classifier(model.encoder, model.classifier, positions).eval(),
                (torch.tensor([ids]),),
                str(path),
                input_names=["input_ids"],
                output_names=["logits"],
                dynamic_axes={"input_ids": {1: "tokens"}},
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as error:  # noqa: BLE001 - whatever an encoder cannot be written for
        raise JobError(
            "TrainingFailed",
            f"The model cannot be written as ONNX: {type(error).__name__}: {error}"[:500],
            "Take the predictor gliner2 in place of gliner2-onnx, or another foundation.",
        ) from error
    finally:
        model.encoder.set_attn_implementation(implementation)
