"""Writes a sentence encoder of BERT's kind (a folder of sentence-transformers) as ONNX, in 32 bits and quantised.

usage: python export_onnx.py FOLDER OUT

OUT then holds what `--foundation OUT` needs: the tokenizer, how sentences are pooled, and `onnx/model.onnx` beside
`onnx/model_quantized.onnx` (weights of 8 bits). Needs torch, transformers, onnx and onnxruntime.
"""

import os
import shutil
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: E402
from transformers import AutoModel, AutoTokenizer  # noqa: E402

BESIDE = [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "modules.json",
    "sentence_bert_config.json",
    "config_sentence_transformers.json",
    "1_Pooling/config.json",
]
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, *inputs):
        return self.model(**dict(zip(INPUTS, inputs))).last_hidden_state


def main(source: Path, target: Path) -> None:
    (target / "onnx").mkdir(parents=True, exist_ok=True)
    for name in BESIDE:
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, target / name)
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
    tokens = tokenizer("where is my parcel", return_tensors="pt")
    inputs = tuple(tokens.get(name, torch.zeros_like(tokens["input_ids"])) for name in INPUTS)
    plain = target / "onnx" / "model.onnx"
    torch.onnx.export(
        Encoder(model).eval(),
        inputs,
        str(plain),
        input_names=list(INPUTS),
        output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in (*INPUTS, "last_hidden_state")},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(str(plain), str(target / "onnx" / "model_quantized.onnx"), weight_type=QuantType.QInt8)
    longer = tokenizer("and a longer question, with two parts: when does it come, and who brings it", return_tensors="pt")
    session = onnxruntime.InferenceSession(str(plain), providers=["CPUExecutionProvider"])
    found = session.run(None, {name: longer[name].numpy() for name in INPUTS})[0]
    with torch.no_grad():
        wanted = model(**longer).last_hidden_state.numpy()
    print("largest difference to torch:", float(np.abs(found - wanted).max()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
