"""Answers texts with the model in this folder, as the program that wrote it does. Python 3.9 or later.

    python3 predict.py < texts.jsonl > answers.jsonl     {"input": "..."} a line
    python3 predict.py --check                           the cases in test-cases.jsonl

    from predict import load
    model = load()
    model.predict("some text")                           # ("label", 0.97)

numpy is used where it is installed, and makes it faster. A model with a sentence encoder needs numpy and onnxruntime.
PyICU is used where it is installed: without it words of Chinese, Japanese, Thai and other scripts without spaces cannot be
told apart, and answers to texts of these may differ; --check leaves them out then.
"""

import json
import math
import re
import struct
import sys
from array import array
from bisect import bisect_left
from pathlib import Path

try:
    import numpy
except ImportError:
    numpy = None

try:
    import icu
except ImportError:
    icu = None

MASK = 0xFFFFFFFF


def load(folder=None):
    """Reads the model's files, which lie beside this one."""
    return Model(Path(folder) if folder is not None else Path(__file__).resolve().parent)


class Model:
    def __init__(self, folder):
        self.header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        unicode = json.loads((folder / "unicode.json").read_text(encoding="utf-8"))
        self.word, self.visible = unicode["word"], unicode["visible"]
        self.unspaced = re.compile(class_of(unicode["unspaced"]))
        # Letters and figures, with the marks that follow them.
        self.run = re.compile(class_of(unicode["letter"]) + class_of(unicode["letter"] + unicode["mark"]) + "*")
        self.segmenter = icu.BreakIterator.createWordInstance(icu.Locale("en")) if icu else None
        self.told = False
        self.space = frozenset(unicode["space"])
        self.spaces = "".join(map(chr, unicode["space"]))
        weights = (folder / "weights.bin").read_bytes()

        def block(name, code):
            place = self.header["blocks"][name]
            values = array(code)
            values.frombytes(weights[place["offset"] : place["offset"] + place["length"] * values.itemsize])
            if sys.byteorder == "big":
                values.byteswap()
            return values

        keys = zip(block("low", "I"), block("high", "I"))
        self.features = {high << 32 | low: index for index, (low, high) in enumerate(keys)}
        self.idf, self.scales = block("idf", "f"), block("scales", "f")
        self.sparse, self.dense = block("sparse", "b"), block("dense", "f")
        self.encoder = None if self.header["encoder"] is None else load_encoder(folder)

    def predict(self, text):
        """The label and how sure it is, a fraction; None and 0 for a text in which nothing shows."""
        found = self.probabilities(text)
        if found is None:
            return None, 0.0
        best = max(range(len(found)), key=found.__getitem__)
        return self.header["labels"][self.header["classes"][best]], found[best]

    def probabilities(self, text):
        """By class; header["classes"] says which labels they are. None for a text in which nothing shows."""
        text = self.readable(text)
        if text == "":
            return None
        joins, width = self.header.get("joins"), self.header["denseWidth"]
        classes = len(joins or self.header["classes"])
        rows = [(value, self.sparse_row(index, classes)) for index, value in self.ngrams(text)]
        embedding = self.encoder(text) if self.encoder else []
        dense = [(f32(2 * float(value)), row) for row, value in enumerate(embedding)] + [(1.0, width)]
        rows += [(value, self.dense[row * classes : (row + 1) * classes]) for value, row in dense]
        scores = add_rows(rows, classes)
        highest = max(scores)
        weights = [math.exp((score - highest) / self.header["temperature"]) for score in scores]
        total = 0.0
        for weight in weights:
            total += weight
        if joins is None:
            return [weight / total for weight in weights]
        # Of merged labels the probabilities add up.
        sums = [0.0] * len(self.header["classes"])
        for weight, place in zip(weights, joins):
            sums[place] += weight / total
        return sums

    def sparse_row(self, index, classes):
        scale = self.scales[index]
        return array("f", [scale * weight for weight in self.sparse[index * classes : (index + 1) * classes]])

    def readable(self, text):
        """The part of a text that counts: without white space around it, at most 4,000 UTF-16 units; "" for nothing."""
        units = re.sub("[\ud800-\udfff]", "\ufffd", text).lstrip(self.spaces).encode("utf-16-le", "surrogatepass")[: 2 * self.header["maxCharacters"]]
        text = units.decode("utf-16-le", "surrogatepass").rstrip(self.spaces)
        if not any(within(self.visible, ord(character)) for character in text):
            return ""
        return re.sub("[\ud800-\udfff]", "\ufffd", text)

    def ngrams(self, text):
        """Known n-grams of a text with their TF-IDF weights: those of words, then those of characters."""
        lower = text.lower()
        units = units_of(lower)
        words = list(self.word_hashes(units))
        if self.unspaced.search(lower):
            words += self.segment_hashes(lower)
        rows = []
        for hashes in (words, self.character_hashes(units)):
            counts = {}
            for key in hashes:
                index = self.features.get(key)
                if index is not None:
                    counts[index] = counts.get(index, 0) + 1
            row = [(index, f32((1 + math.log(count)) * self.idf[index])) for index, count in counts.items()]
            squares = 0.0
            for _, value in row:
                squares += value * value
            factor = 1 / math.sqrt(squares) if squares > 0 else 0.0
            rows += [(index, f32(value * factor)) for index, value in row]
        return rows

    def word_hashes(self, units):
        word = previous = None
        for unit in list(units) + [0x20]:
            if within(self.word, unit):
                word = step(word or (0x9E3779B1, 0x7F4A7C15), unit)
            elif word is not None:
                yield finish(word)
                if previous is not None:
                    yield finish(pair_of(previous, word))
                previous, word = word, None

    def segment_hashes(self, text):
        """Words, and pairs of them, of scripts that are written without spaces, such as Chinese, Japanese and Thai."""
        if self.segmenter is None:
            if not self.told:
                self.told = True
                print("Note: words of Chinese, Japanese, Thai and other scripts without spaces cannot be told apart without PyICU: answers may differ.", file=sys.stderr)
            return
        previous = None
        for run in self.run.findall(text):
            pieces = self.segments(run)
            if len(pieces) < 2:
                previous = None
                continue
            for piece in pieces:
                word = (0x27D4EB2F, 0x165667B1)
                for unit in units_of(piece):
                    word = step(word, unit)
                yield finish(word)
                if previous is not None:
                    yield finish(pair_of(previous, word))
                previous = None if word[0] == 0 else word

    def segments(self, run):
        """The words of a run; a word found is cut again until it stays whole."""
        if len(run) < 2 or not self.unspaced.search(run):
            return [run]
        self.segmenter.setText(run)
        units, ends = run.encode("utf-16-le", "surrogatepass"), [0, *self.segmenter]
        pieces = [units[2 * begin : 2 * end].decode("utf-16-le", "surrogatepass") for begin, end in zip(ends, ends[1:])]
        return [run] if len(pieces) < 2 else [word for piece in pieces for word in self.segments(piece)]

    def character_hashes(self, units):
        at = 0
        while at < len(units):
            if units[at] in self.space:
                at += 1
                continue
            end = at + 1
            while end < len(units) and units[end] not in self.space:
                end += 1
            # Before the first and after the last character of a token stands a space.
            token = [0x20, *units[at:end], 0x20]
            for begin in range(len(token) - 1):
                found = (0x85EBCA77, 0xC2B2AE3D)
                for position in range(begin, min(begin + 4, len(token))):
                    found = step(found, token[position])
                    if position > begin:
                        yield finish(found)
            at = end


def units_of(text):
    """The UTF-16 units of a text."""
    units = array("H")
    units.frombytes(text.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    return units


def f32(value):
    """The nearest number of 32 bits."""
    return struct.unpack("f", struct.pack("f", value))[0]


def add_rows(rows, classes):
    """The sum of value × row, in numbers of 32 bits and in order, as the program that trained the model sums."""
    if numpy is not None:
        scores = numpy.zeros(classes, numpy.float32)
        for value, row in rows:
            scores += numpy.float32(value) * numpy.frombuffer(row, numpy.float32)
        return [float(score) for score in scores]
    scores, pack, unpack = [0.0] * classes, struct.Struct(f"{classes}f").pack, struct.Struct(f"{classes}f").unpack
    for value, row in rows:
        products = unpack(pack(*[value * weight for weight in row]))
        scores = unpack(pack(*[score + product for score, product in zip(scores, products)]))
    return scores


def step(pair, unit):
    """Takes one UTF-16 unit into a 64-bit hash in two halves."""
    low, high = pair
    return ((low ^ unit) * 0x01000193) & MASK, (((high ^ unit) * 0x5BD1E995) & MASK) ^ (high >> 13)


def pair_of(previous, word):
    """The hash of a pair of neighbouring words."""
    low, high = previous
    return (low * 31 + word[0]) & MASK, ((high ^ 0x2545F491) * 0x6C078965 + word[1]) & MASK


def finish(pair):
    low, high = pair
    a = low ^ (high >> 15)
    a = ((a ^ (a >> 16)) * 0x85EBCA6B) & MASK
    a = ((a ^ (a >> 13)) * 0xC2B2AE35) & MASK
    return high << 32 | (a ^ (a >> 16))


def within(bounds, number):
    """Whether it is in sorted ranges: first, last, first, last …"""
    at = bisect_left(bounds, number)
    return at % 2 == 1 or (at < len(bounds) and bounds[at] == number)


def class_of(bounds):
    """A character class of a regular expression."""
    return "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(bounds[::2], bounds[1::2])) + "]"


def load_encoder(folder):
    try:
        from encoder import load as load_onnx
    except ImportError as error:
        sys.exit(f"This model has a sentence encoder, which needs numpy and onnxruntime: pip install onnxruntime numpy ({error})")
    return load_onnx(folder)


def main():
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    model = load()
    check = "--check" in sys.argv
    source = open(Path(__file__).resolve().parent / "test-cases.jsonl", encoding="utf-8") if check else open(0, encoding="utf-8")
    total = wrong = without = 0
    for line in source:
        if line.strip() == "":
            continue
        case = json.loads(line)
        if check and model.segmenter is None and model.unspaced.search(case["input"]):
            without += 1
            continue
        output, confidence = model.predict(case["input"])
        total += 1
        if not check:
            print(json.dumps({"input": case["input"], "output": output, "confidence": confidence}), flush=True)
        elif output != case["output"] or abs(confidence - case["confidence"]) > model.header["tolerance"]:
            wrong += 1
            print(f"wrong: {json.dumps(case)}: {output}, {confidence}", file=sys.stderr)
    if check:
        left_out = f" Left out, for want of PyICU: {without} of scripts without spaces." if without else ""
        print(f"{total - wrong} of {total} test cases are as expected.{left_out}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
