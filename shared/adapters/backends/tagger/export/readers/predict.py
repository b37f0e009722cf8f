"""Finds entities in texts with the model in this folder, as the program that wrote it does. Python 3.9 or later.

    python3 predict.py < texts.jsonl > answers.jsonl     {"input": "..."} a line
    python3 predict.py --check                           the cases in test-cases.jsonl

    from predict import load
    model = load()
    model.predict("a flight to Paris")                   # ([{"label", "start", "end", "text", "confidence"}], 0.97)

Places count UTF-16 units. PyICU is used where it is installed: without it words of Chinese, Japanese, Thai and other scripts
without spaces cannot be told apart, and answers to texts of these may differ; --check leaves them out then.
"""

import json
import math
import re
import struct
import sys
from array import array
from pathlib import Path

try:
    import icu
except ImportError:
    icu = None

MASK = 0xFFFFFFFF
LONGEST_AFFIX, GRAM_LENGTH, MOST_GRAMS, LONGEST_SURFACE = 4, 3, 30, 6


def load(folder=None):
    """Reads the model's files, which lie beside this one."""
    return Model(Path(folder) if folder is not None else Path(__file__).resolve().parent)


class Model:
    def __init__(self, folder):
        self.header = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        unicode = json.loads((folder / "unicode.json").read_text(encoding="utf-8"))
        letter, mark, figure = (class_of(unicode[name]) for name in ("letter", "mark", "figure"))
        inner = class_of(unicode["letter"] + unicode["mark"] + [0x200C, 0x200D])
        pictograph = class_of(unicode["pictograph"])
        self.pieces = re.compile(
            f"{letter}{inner}*|{figure}+|{pictograph}(?:[\U0001f3fb-\U0001f3ff\ufe0f]|\u200d{pictograph})*"
            f"|{class_of(unicode['unseen'], '^')}{mark}*"
        )
        capital = class_of(unicode["capital"])
        self.is_capital, self.is_letter, self.is_figure = (re.compile(one).match for one in (capital, letter, figure))
        self.has_capital = re.compile(capital).search
        self.before_capitals = re.compile(f"{class_of(unicode['small'])}{mark}*(?={capital})")
        self.figures, self.capitals = re.compile(f"{figure}+").fullmatch, re.compile(f"{capital}+").fullmatch
        self.unspaced = re.compile(class_of(unicode["unspaced"]))
        self.segmenter = icu.BreakIterator.createWordInstance(icu.Locale("en")) if icu else None
        self.told = False
        self.read_weights((folder / "tagger.bin").read_bytes())

    def read_weights(self, data):
        (length,) = struct.unpack_from("<I", data, 12)
        header = json.loads(data[16 : 16 + length].decode("utf-8"))
        self.types, self.threshold = header["types"], header["threshold"]
        self.cuts_words = header.get("cutsWords", False)
        self.overlapping = {tuple(pair) for pair in header.get("overlapping", ())}
        layers = header.get("layers") or [{"types": list(range(len(self.types))), "weightCount": header["weightCount"]}]
        at = aligned(16 + length)

        def block(code, count):
            nonlocal at
            values = array(code)
            values.frombytes(data[at : at + count * values.itemsize])
            if sys.byteorder == "big":
                values.byteswap()
            at = aligned(at + count * values.itemsize)
            return values

        features = header["featureCount"]
        low, high = block("I", features), block("I", features)
        self.features = {high[index] << 32 | low[index]: index for index in range(features)}
        self.layers = [Layer(layer["types"], block, features, layer["weightCount"]) for layer in layers]
        self.surfaces = {surface: types for surface, types in header["lexicon"]}
        self.prefixes = set()
        for surface in self.surfaces:
            words = surface.split(" ")
            self.prefixes.update(" ".join(words[:end]) for end in range(1, len(words) + 1))

    def predict(self, text):
        """Entities in order, and how sure it is that they are all right; None and 0 for a text in which nothing shows."""
        units = units_of(re.sub("[\ud800-\udfff]", "\ufffd", text))[: self.header["maxCharacters"]]
        text = text_of(units)
        tokens = self.tokens(text)
        if self.cuts_words:
            tokens = list(self.cut(units, tokens))
        if not tokens:
            return None, 0.0
        keys = [(token, self.features[key]) for token, key in self.feature_keys(units, tokens) if key in self.features]
        tagged = [Tagged(layer, keys, len(tokens)) for layer in self.layers]
        found = {}
        for one in tagged:
            for first, last, kind in entities_in(one.tags):
                found.setdefault((one.layer.types[kind], first, last), []).append(one)
        entities = []
        for (kind, first, last), layers in found.items():
            start, end = tokens[first][0], tokens[last][1]
            entity = {"label": self.types[kind], "start": start, "end": end, "text": text_of(units[start:end])}
            entity["confidence"] = chance(tagged, kind, first, last)
            entities.append((kind, first, last, layers, entity))
        dropped = [index for index, one in enumerate(entities) if one[4]["confidence"] < self.threshold]
        dropped += self.misplaced(entities, dropped)
        for index in dropped:
            _, first, last, layers, _ = entities[index]
            for one in layers:
                one.tags[first : last + 1] = [0] * (last + 1 - first)
        left_out = set(dropped)
        kept = [one[4] for index, one in enumerate(entities) if index not in left_out]
        kept.sort(key=in_order)
        if "names" in self.header:
            kept = self.renamed(kept)
        return kept, min(1.0, math.exp(sum(one.log_probability() for one in tagged)))

    def renamed(self, entities):
        """By the names that their types have today, in order; the same one twice counts once."""
        today = dict(zip(self.types, self.header["names"]))
        named = [{**entity, "label": today[entity["label"]]} for entity in entities]
        return sorted({(one["start"], one["end"], one["label"]): one for one in named}.values(), key=in_order)

    def misplaced(self, entities, dropped):
        """Of entities that overlap as none of the examples did, those less sure."""
        if len(self.layers) == 1:
            return []
        without = set(dropped)
        rest = [index for index in range(len(entities)) if index not in without]
        rest.sort(key=lambda index: (entities[index][4]["start"], -entities[index][4]["end"], entities[index][0]))
        against = {index: [] for index in rest}
        for at, first in enumerate(rest):
            for second in rest[at + 1 :]:
                if entities[second][4]["start"] >= entities[first][4]["end"]:
                    break
                pair = entities[first][0], entities[second][0]
                is_same_place = all(entities[first][4][name] == entities[second][4][name] for name in ("start", "end"))
                if pair not in self.overlapping and not (is_same_place and pair[::-1] in self.overlapping):
                    against[first].append(second)
                    against[second].append(first)
        misplaced = set()
        for index in sorted(rest, key=lambda index: -entities[index][4]["confidence"]):
            if index not in misplaced:
                misplaced.update(against[index])
        return sorted(misplaced)

    def tokens(self, text):
        """Start, end and whether white space comes before, in UTF-16 units."""
        found, end, point, unit = [], 0, 0, 0
        for match in self.pieces.finditer(text):
            unit += len(units_of(text[point : match.start()]))
            piece, point = match.group(), match.end()
            length = len(units_of(piece))
            spaced = unit > end or unit == 0
            end = unit + length
            if length > 1 and self.unspaced.search(piece) and self.can_segment():
                self.segmenter.setText(piece)
                bounds = [0, *self.segmenter]
                found += [(unit + a, unit + b, a == 0 and spaced) for a, b in zip(bounds, bounds[1:])]
            else:
                found.append((unit, end, spaced))
            unit = end
        return found

    def cut(self, units, tokens):
        """Cuts words before capitals inside of them."""
        for start, end, spaced in tokens:
            word, begin = text_of(units[start:end]), start
            for match in self.before_capitals.finditer(word):
                place = start + len(units_of(word[: match.end()]))
                yield begin, place, spaced and begin == start
                begin = place
            yield begin, end, spaced and begin == start

    def can_segment(self):
        if self.segmenter is None and not self.told:
            self.told = True
            print("Note: words of Chinese, Japanese, Thai and other scripts without spaces cannot be told apart without PyICU: answers may differ.", file=sys.stderr)
        return self.segmenter is not None

    def feature_keys(self, units, tokens):
        words = [Word(self, units[start:end]) for start, end, _ in tokens]
        chunks, marks = chunks_of(units, tokens), self.marks(units, tokens)

        def at(position):
            return words[position] if 0 <= position < len(words) else BOUNDARY

        for position, word in enumerate(words):
            before, after, lower, chunk = at(position - 1), at(position + 1), word.lowered, chunks[position]
            found = []

            def add(name, *hashes):
                found.append(feature(name, hashes))

            add(4, hash_of(word.units))
            add(10, word.lower)
            add(40, before.lower, word.lower)
            add(41, word.lower, after.lower)
            for begin in range(min(MOST_GRAMS, len(lower) - GRAM_LENGTH + 1)):
                add(70, hash_of(lower[begin : begin + GRAM_LENGTH]))
            if len(lower) > LONGEST_AFFIX:
                add(50 + LONGEST_AFFIX, hash_of(lower[:LONGEST_AFFIX]))
                add(60 + LONGEST_AFFIX, hash_of(lower[-LONGEST_AFFIX:]))
            if chunk != word.units:
                add(80, hash_of(lower_of(chunk)))
            for mark in marks[position]:
                add(100, number_hash(mark))
                add(101, number_hash(mark), word.shape)
            add(1)
            if position == 0:
                add(2)
            if position == len(words) - 1:
                add(3)
            for offset in range(-2, 3):
                other = at(position + offset)
                if offset != 0:
                    add(10 + offset, other.lower)
                if abs(offset) < 2:
                    add(20 + offset, other.shape)
                    add(30 + offset, number_hash(other.kind))
            add(42, before.lower, after.lower)
            add(43, before.shape, word.shape)
            add(44, word.shape, after.shape)
            add(45, before.shape, word.shape, after.shape)
            for length in range(1, min(LONGEST_AFFIX, len(lower))):
                add(50 + length, hash_of(lower[:length]))
                add(60 + length, hash_of(lower[-length:]))
            if len(before.units) > 3:
                add(71, hash_of(lower_of(before.units[-3:])))
            if len(after.units) > 3:
                add(72, hash_of(lower_of(after.units[-3:])))
            if chunk != word.units:
                add(81, hash_of(self.shape_of(chunk)), word.shape)
            if not tokens[position][2]:
                add(82)
            add(90, number_hash(min(12, len(word.units))))
            for key in found:
                yield position, key

    def marks(self, units, tokens):
        """By token: type and place of each known surface that stands there."""
        marks = [{} for _ in tokens]
        lowered = [text_of(lower_of(units[start:end])) for start, end, _ in tokens]
        for first in range(len(tokens)):
            surface = ""
            for last in range(first, min(len(tokens), first + LONGEST_SURFACE)):
                surface = lowered[last] if last == first else f"{surface} {lowered[last]}"
                if surface not in self.prefixes:
                    break
                for kind, count in self.surfaces.get(surface, ()):
                    if count < 1:
                        continue
                    for token in range(first, last + 1):
                        place = 3 if first == last else 0 if token == first else 2 if token == last else 1
                        marks[token][kind * 4 + place] = True
        return marks

    def shape_of(self, units):
        """Xx for Paris, XX for USA, d for figures: runs of one sort are shortened to two. In UTF-16 units."""
        shape, run = array("H"), array("H")
        for character in text_of(units):
            if self.is_capital(character):
                sort = units_of("X")
            elif self.is_letter(character):
                sort = units_of("x")
            elif self.is_figure(character):
                sort = units_of("d")
            else:
                sort = units_of(character)
            if sort != run[:1]:
                run = sort
            elif len(run) < 2:
                run = run + sort
            else:
                continue
            shape = shape + sort
            if len(shape) >= 10:
                break
        return shape

    def kind_of(self, text, length):
        if self.figures(text):
            return 1 if length == 4 else 2
        if self.capitals(text):
            return 3 if len(text) == 1 else 4
        if self.is_capital(text):
            return 5 if self.has_capital(text, 1) else 6
        if self.is_letter(text):
            return 7 if self.has_capital(text) else 8
        return 9


class Layer:
    """The weights of a linear-chain conditional random field of entities that do not overlap."""

    def __init__(self, types, block, features, weights):
        self.types, self.states = types, 1 + 2 * len(types)
        self.begins, self.weight_states, self.weights = block("i", features + 1), block("H", weights), block("f", weights)
        self.transitions, self.starts = block("f", self.states**2), block("f", self.states)

    def scores(self, keys, tokens):
        """Logarithms by token and state."""
        scores = [[0.0] * self.states for _ in range(tokens)]
        for token, index in keys:
            row = scores[token]
            for slot in range(self.begins[index], self.begins[index + 1]):
                row[self.weight_states[slot]] += self.weights[slot]
        return scores

    def best_tags(self, scores):
        """The most probable tags (Viterbi)."""
        states, steps = self.states, []
        best = [-math.inf if is_inside(state) else scores[0][state] + self.starts[state] for state in range(states)]
        for row in scores[1:]:
            now, origin = [], []
            for state in range(states):
                begin, end = (state - 1, state + 1) if is_inside(state) else (0, states)
                base = state * states
                values = [best[previous] + self.transitions[base + previous] for previous in range(begin, end)]
                top = max(values)
                origin.append(begin + values.index(top) if top > -math.inf else 0)
                now.append(top + row[state])
            best = now
            steps.append(origin)
        state = best.index(max(best))
        tags = [state]
        for origin in reversed(steps):
            state = origin[state]
            tags.append(state)
        return tags[::-1]


class Tagged:
    """A text as one layer tags it."""

    def __init__(self, layer, keys, tokens):
        self.layer, self.scores = layer, layer.scores(keys, tokens)
        self.tags = layer.best_tags(self.scores)
        self.lattice = Lattice(layer.states, self.scores, layer.transitions, layer.starts)

    def log_probability(self):
        layer, score = self.layer, 0.0
        for token, tag in enumerate(self.tags):
            step = layer.starts[tag] if token == 0 else layer.transitions[tag * layer.states + self.tags[token - 1]]
            score += self.scores[token][tag] + step
        return score - self.lattice.logarithm


class Lattice:
    """Sums over all ways to tag one text (a linear-chain conditional random field in BIO), scaled a token (Rabiner, 1989)."""

    def __init__(self, states, scores, transitions, starts):
        self.states, self.transitions = states, [math.exp(one) for one in transitions]
        exp_starts = [math.exp(one) for one in starts]
        self.emissions, self.forward, self.scales, self.logarithm = [], [], [], 0.0
        for token, row in enumerate(scores):
            largest = max(row)
            emission = [math.exp(one - largest) for one in row]
            before = self.forward[-1] if token else None
            reached = [self.reach(state, before, exp_starts) * emission[state] for state in range(states)]
            scale = 1 / sum(reached)
            self.emissions.append(emission)
            self.forward.append([one * scale for one in reached])
            self.scales.append(scale)
            self.logarithm += largest - math.log(scale)
        self.backward = [[1.0] * states]
        for token in range(len(scores) - 1, 0, -1):
            after, before = self.backward[-1], [0.0] * states
            for state in range(states):
                weight = self.emissions[token][state] * after[state] * self.scales[token]
                base = state * states
                for origin in (state - 1, state) if is_inside(state) else range(states):
                    before[origin] += weight * self.transitions[base + origin]
            self.backward.append(before)
        self.backward.reverse()

    def reach(self, state, before, starts):
        if before is None:
            return 0.0 if is_inside(state) else starts[state]
        base = state * self.states
        if is_inside(state):
            return before[state - 1] * self.transitions[base + state - 1] + before[state] * self.transitions[base + state]
        return sum(one * self.transitions[base + origin] for origin, one in enumerate(before))

    def entity(self, kind, first, last):
        """Probability that an entity of a type stands exactly at tokens first to last, whatever is around it."""
        inside = 2 + 2 * kind
        begin, states = inside - 1, self.states
        weight = self.forward[first][begin]
        for token in range(first + 1, last + 1):
            origin = begin if token == first + 1 else inside
            weight *= self.transitions[inside * states + origin] * self.emissions[token][inside] * self.scales[token]
        if last == len(self.forward) - 1:
            return min(1.0, weight)
        end = begin if last == first else inside
        on = self.transitions[inside * states + end] * self.emissions[last + 1][inside] * self.backward[last + 1][inside] * self.scales[last + 1]
        return max(0.0, min(1.0, weight * (self.backward[last][end] - on)))


class Word:
    def __init__(self, model, units):
        self.units, self.lowered = units, lower_of(units)
        self.lower, self.shape = hash_of(self.lowered), hash_of(model.shape_of(units))
        self.kind = model.kind_of(text_of(units), len(units))


class Boundary:
    units, kind = array("H"), 0
    lower, shape = (0x1234567, 0x89ABCD), (0x7654321, 0xDCBA98)


BOUNDARY = Boundary()


def chunks_of(units, tokens):
    """The run of characters between white space that each token stands in."""
    chunks, begin = [], 0
    while begin < len(tokens):
        end = begin + 1
        while end < len(tokens) and not tokens[end][2]:
            end += 1
        chunk = units[tokens[begin][0] : min(tokens[end - 1][1], tokens[begin][0] + 60)]
        chunks += [chunk] * (end - begin)
        begin = end
    return chunks


def chance(tagged, kind, first, last):
    """Probability that any of the layers of its type names an entity; they are taken for independent."""
    known = None
    for one in tagged:
        if kind in one.layer.types:
            own = one.lattice.entity(one.layer.types.index(kind), first, last)
            known = own if known is None else known + own - known * own
    return known


def entities_in(tags):
    entities = []
    for token, tag in enumerate(tags):
        if tag % 2 == 1:
            entities.append([token, token, (tag - 1) >> 1])
        elif tag > 0 and entities and entities[-1][1] == token - 1 and entities[-1][2] == (tag - 1) >> 1:
            entities[-1][1] = token
    return entities


def is_inside(state):
    return state > 0 and state % 2 == 0


def feature(name, hashes):
    low, high = name * 0x9E3779B1 & MASK, (name ^ 0x5BD1E995) * 0x85EBCA6B & MASK
    for one_low, one_high in hashes:
        low = ((low ^ one_low) * 0x01000193 & MASK) ^ (low >> 15)
        high = ((high ^ one_high) * 0x5BD1E995 & MASK) ^ (high >> 13)
    low = (low ^ (low >> 16)) * 0x85EBCA6B & MASK
    return high << 32 | (low ^ (low >> 13))


def number_hash(value):
    return (value + 1) * 0x2545F491 & MASK, (value + 7) * 0x6C078965 & MASK


def hash_of(units):
    low, high = 0x811C9DC5, 0x7F4A7C15
    for unit in units:
        low = (low ^ unit) * 0x01000193 & MASK
        high = ((high ^ unit) * 0x5BD1E995 & MASK) ^ (high >> 13)
    return low ^ len(units), high


def units_of(text):
    """The UTF-16 units of a text."""
    units = array("H")
    units.frombytes(text.encode("utf-16-le", "surrogatepass"))
    if sys.byteorder == "big":
        units.byteswap()
    return units


def in_order(entity):
    return entity["start"], -entity["end"], entity["label"].encode("utf-16-be")


def text_of(units):
    if sys.byteorder == "big":
        units = array("H", units)
        units.byteswap()
    return units.tobytes().decode("utf-16-le", "surrogatepass")


def lower_of(units):
    return units_of(text_of(units).lower())


def class_of(bounds, sign=""):
    """A character class of a regular expression."""
    return f"[{sign}" + "".join(f"{chr(first)}-{chr(last)}" for first, last in zip(bounds[::2], bounds[1::2])) + "]"


def aligned(size):
    return (size + 7) // 8 * 8


def agrees(output, confidence, case, tolerance):
    if abs(confidence - case["confidence"]) > tolerance:
        return False
    if output is None or case["output"] is None:
        return output is None and case["output"] is None
    return len(output) == len(case["output"]) and all(
        all(one[name] == other[name] for name in ("label", "start", "end", "text"))
        and abs(one["confidence"] - other["confidence"]) <= tolerance
        for one, other in zip(output, case["output"])
    )


def main():
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
        elif not agrees(output, confidence, case, model.header["tolerance"]):
            wrong += 1
            print(f"wrong: {json.dumps(case)}: {json.dumps(output)}, {confidence}", file=sys.stderr)
    if check:
        left_out = f" Left out, for want of PyICU: {without} of scripts without spaces." if without else ""
        print(f"{total - wrong} of {total} test cases are as expected.{left_out}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
