"""The sentence encoder of the model in this folder: Universal Sentence Encoder Lite, by ONNX Runtime."""

import json
import unicodedata

import numpy
import onnxruntime

SEPARATOR = "\u2581"
UNKNOWN = 0
RESERVED = 6
MAX_TOKENS = 128
MAX_CHARACTERS = 2000


def load(folder):
    """A function from a text to its embedding, 512 floats of unit length."""
    pieces = json.loads((folder / "encoder" / "pieces.json").read_text(encoding="utf-8"))
    unicode = json.loads((folder / "unicode.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer(pieces)
    session = onnxruntime.InferenceSession(str(folder / "encoder" / "encoder.onnx"), providers=["CPUExecutionProvider"])

    def embed(text):
        units = even_case(text, unicode).encode("utf-16-le", "surrogatepass")[: 2 * MAX_CHARACTERS]
        ids = tokenizer.encode(units.decode("utf-16-le", "surrogatepass"))[:MAX_TOKENS]
        if not ids:
            return numpy.zeros(512, numpy.float32)
        length = len(ids)
        shares = numpy.full((1, 1, length), 1 / length, numpy.float32)
        inputs = {"ids": numpy.array([ids], numpy.int64), "lengths": numpy.array([length], numpy.int32), "shares": shares}
        return session.run(None, inputs)[0][0]

    return embed


def even_case(text, unicode):
    """In lower case where more than three of ten letters with a case are capitals."""
    capitals, small = (sum(within(unicode[kind], ord(one)) for one in text) for kind in ("capital", "small"))
    return text.lower() if capitals > 0.3 * (capitals + small) else text


def within(bounds, number):
    from bisect import bisect_left

    at = bisect_left(bounds, number)
    return at % 2 == 1 or (at < len(bounds) and bounds[at] == number)


class Tokenizer:
    """The segmentation into pieces of highest total score (SentencePiece unigrams), by Viterbi."""

    def __init__(self, pieces):
        self.pieces = {text: (index, score) for index, (text, score) in enumerate(pieces) if index >= RESERVED}
        self.lengths = [len(text) for text, _ in pieces]
        self.longest = max(self.lengths)

    def encode(self, text):
        text = unicodedata.normalize("NFKC", text)
        if text == "":
            return []
        symbols = SEPARATOR + text.replace(" ", SEPARATOR)
        best = [float("-inf")] * (len(symbols) + 1)
        last = [UNKNOWN] * (len(symbols) + 1)
        best[0] = 0.0
        for start, base in enumerate(best[:-1]):
            base = best[start]
            matched = False
            for end in range(start + 1, min(start + self.longest, len(symbols)) + 1):
                piece = self.pieces.get(symbols[start:end])
                if piece is None:
                    continue
                matched = True
                if base + piece[1] >= best[end]:
                    best[end], last[end] = base + piece[1], piece[0]
            if not matched and base >= best[start + 1]:
                best[start + 1], last[start + 1] = base, UNKNOWN
        ids, previous, end = [], -1, len(symbols)
        while end > 0:
            index = last[end]
            if index != UNKNOWN or previous != UNKNOWN:
                ids.append(index)
            previous = index
            end -= self.lengths[index] or 1
        return ids[::-1]
