"""What of a text a GLiNER2 is given: the words that its encoder can read."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import torch

from ..errors import invalid

#: Words of a text that must fit beside the labels.
FEWEST_TOKENS = 32


class ReadableWords:
    """
    GLiNER2's words of a text, as far as the encoder reads: without those that have no token, or more tokens than it
    reads at all.
    """

    def __init__(self, model: Any, most_tokens: int | None) -> None:
        self.most_tokens = most_tokens
        self._words = model.processor.word_splitter
        self._count = lru_cache(maxsize=50_000)(lambda word: len(model.processor.tokenizer.tokenize(word)))

    def __call__(self, text: str, lower: bool = True) -> Iterator[tuple[str, int, int]]:
        most = self.most_tokens or float("inf")
        left = most
        for word, start, end in self._words(text, lower):
            tokens = self._count(word)
            if 0 < tokens <= most:
                left -= tokens
                if left < 0:
                    return
                yield word, start, end


def question_tokens(model: Any, question: Any) -> tuple[list[int], list[int]]:
    """The tokens that stand before every text, and where among them the marks of the labels are."""
    record = model.processor.transform_record("a text", question.build())
    [marks] = record.schema_special_positions
    # The first mark is the question's own.
    return record.input_ids[: record.text_word_first_positions[0]], marks[1:]


def most_text_tokens(model: Any, question: Any) -> int | None:
    """
    How many tokens of a text the encoder reads beside the labels; None where nothing bounds them. Raises JobError
    InvalidInput for labels that leave too little.
    """
    tables = [
        module
        for name, module in model.encoder.named_modules()
        if name.endswith("position_embeddings") and isinstance(module, torch.nn.Embedding)
    ]
    if not tables:
        return None
    # RoBERTa's kind counts from behind its padding.
    most = min(table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1) for table in tables)
    tokens, _ = question_tokens(model, question)
    if most - len(tokens) < FEWEST_TOKENS:
        raise invalid(
            f"The labels take {len(tokens)} of the {most} tokens that the encoder reads, which leaves no room for texts.",
            "Take a foundation that reads more, such as fastino/gliner2-base-v1, or fewer or shorter labels.",
        )
    return most - len(tokens)
