"""What a decoder is asked and answers, as tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix
from typing import Any

from .texts import MOST_CHARACTERS, condensed, readable

#: With more labels than this the question does not name them.
MOST_NAMED = 100


@dataclass(frozen=True)
class Encoded:
    tokens: list[int]
    #: How many of them, from the end, are the answer.
    answer: int


class Questions:
    """What a decoder is asked, by its own chat template where it has one."""

    def __init__(
        self, tokenizer: Any, labels: Sequence[str] | None, max_tokens: int, max_new_tokens: int = 0
    ) -> None:
        self.tokenizer = tokenizer
        #: None where answers are written freely.
        self.labels = None if labels is None else list(labels)
        self.max_new_tokens = max_new_tokens
        self._max_tokens = max_tokens
        self.end = [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else (self.end or [0])[0]

    @cached_property
    def beginning(self) -> list[int]:
        """The tokens that prompts begin with, whatever the text."""
        return commonprefix([self.tokenizer.encode(self.ask(text), add_special_tokens=False) for text in ("a", "1")])

    def ask(self, text: str) -> str:
        task = self._task()
        if self.tokenizer.chat_template is None:
            return f"{task}\nText: {text}\nAnswer:" if task else f"{text}\nAnswer:"
        messages = [{"role": "system", "content": task}] if task else []
        messages.append({"role": "user", "content": text})
        return self.tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)

    def _task(self) -> str:
        if self.labels is None:
            return ""
        named = f" with one of: {', '.join(self.labels)}" if len(self.labels) <= MOST_NAMED else ""
        return f"Classify the text. Answer{named}."

    def with_answer(self, text: str, answer: str) -> Encoded:
        """A question with its answer, the text cut where both are longer than what is read."""
        spaced = answer if self.tokenizer.chat_template is not None else f" {answer}"
        tokens = self.tokenizer.encode(spaced, add_special_tokens=False) + self.end
        if self.labels is None:
            # Beyond this nothing is written; the question is as it will be when the answer is not known.
            tokens = tokens[: self.max_new_tokens]
        prompt = self.prompt(text, self._max_tokens - (self.max_new_tokens if self.labels is None else len(tokens)))
        return Encoded(prompt + tokens, len(tokens))

    def unanswered(self, text: str) -> list[int]:
        """A question whose answer is to be written."""
        return self.prompt(text, self._max_tokens - self.max_new_tokens)

    def prompt(self, text: str, room: int) -> list[int]:
        """A question of so many tokens at most."""
        text = condensed(readable(text)) if self.labels is not None else readable(text)[:MOST_CHARACTERS]
        prompt = self.tokenizer.encode(self.ask(text), add_special_tokens=False)
        over = len(prompt) - room
        while over > 0 and text:
            kept = self.tokenizer.encode(text, add_special_tokens=False)[: -over - 1]
            text = self.tokenizer.decode(kept) if kept else ""
            prompt = self.tokenizer.encode(self.ask(text), add_special_tokens=False)
            over = len(prompt) - room
        return prompt
