"""What a decoder writes when it takes the likeliest token each time."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache

#: Texts that are written at once: a step of so many costs little more than a step of one.
AT_ONCE = 16


@dataclass(frozen=True)
class Text:
    tokens: list[int]
    #: Of each token, after all that stands before it.
    log_probabilities: list[float]


def common(beginning: Sequence[int], prompts: Sequence[Sequence[int]]) -> int:
    """How many tokens of these prompts are a beginning that all of them have, each with more to come; all of it, or none."""
    length = len(beginning)
    shared = all(len(prompt) > length and list(prompt[:length]) == list(beginning) for prompt in prompts)
    return length if shared else 0


def read_beginning(model: Any, beginning: Sequence[int], rows: int) -> DynamicCache | None:
    """What goes before the rest of so many prompts that begin so, read once; None where there is none."""
    if len(beginning) == 0:
        return None
    cache = DynamicCache(config=model.config)
    ids = torch.tensor([list(beginning)], device=model.device)
    model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
    if rows > 1:
        cache.batch_repeat_interleave(rows)
    return cache


class Greedy:
    """
    Writes many texts at once. Sums over many texts come out otherwise than over one, by some bits, so that what was
    written is read again alone, and where another token is likelier alone, it is written on from there: an answer hangs
    on its prompt and on nothing that is asked beside it.
    """

    def __init__(self, model: Any, beginning: Sequence[int], end: int | None, pad: int) -> None:
        self._model = model
        self._beginning = list(beginning)
        self._read: DynamicCache | None = None
        self._end = end
        self._pad = pad

    def write(self, prompts: Sequence[Sequence[int]], most: int) -> list[Text]:
        """Up to the end, or as many tokens as are allowed, in the order of the prompts."""
        texts: dict[int, Text] = {}
        # Of each prompt the tokens that stand as they are.
        settled: dict[int, list[int]] = {at: [] for at in range(len(prompts))}
        while settled:
            drafts = self._drafts([([*prompts[at], *tokens], most - len(tokens)) for at, tokens in settled.items()])
            for (at, begun), draft in zip(list(settled.items()), drafts, strict=True):
                tokens = [*begun, *draft]
                logits = self._after(prompts[at], tokens)
                likeliest = logits.argmax(dim=-1).tolist()
                wrong = next((to for to in range(len(begun), len(tokens)) if tokens[to] != likeliest[to]), None)
                if wrong is not None:
                    tokens = [*tokens[:wrong], likeliest[wrong]]
                    if tokens[-1] != self._end and len(tokens) < most:
                        settled[at] = tokens
                        continue
                    # Read as it would have been, had it been drafted so.
                    logits = self._after(prompts[at], tokens)
                logs = torch.log_softmax(logits.float(), dim=-1)
                texts[at] = Text(tokens, [logs[to, token].item() for to, token in enumerate(tokens)])
                del settled[at]
        return [texts[at] for at in range(len(prompts))]

    def _drafts(self, asked: Sequence[tuple[Sequence[int], int]]) -> list[list[int]]:
        """What follows each prompt, of so many tokens at most."""
        # Those of like length together: what is shorter is filled up.
        order = sorted(range(len(asked)), key=lambda at: len(asked[at][0]))
        drafts: dict[int, list[int]] = {}
        for start in range(0, len(order), AT_ONCE):
            part = order[start : start + AT_ONCE]
            made = self._draft([asked[at][0] for at in part], max(asked[at][1] for at in part))
            drafts.update((at, draft[: asked[at][1]]) for at, draft in zip(part, made, strict=True))
        return [drafts[at] for at in range(len(asked))]

    def _draft(self, prompts: Sequence[Sequence[int]], most: int) -> list[list[int]]:
        read = common(self._beginning, prompts)
        cache = self._cache(read, len(prompts))
        longest = max(len(prompt) for prompt in prompts)
        blanks = [longest - len(prompt) for prompt in prompts]
        ids = self._tensor([[self._pad] * more + list(prompt[read:]) for prompt, more in zip(prompts, blanks)])
        seen = self._tensor([[1] * read + [0] * more + [1] * (longest - read - more) for more in blanks])
        places = (seen.cumsum(1) - 1)[:, read:].clamp(min=0)
        drafts: list[list[int]] = [[] for _ in prompts]
        rows = list(range(len(prompts)))
        for _ in range(most):
            logits = self._model(
                input_ids=ids,
                attention_mask=seen,
                position_ids=places,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=self._tensor([ids.shape[1] - 1]),
            ).logits
            tokens = logits[:, -1].argmax(dim=-1).tolist()
            for row, token in zip(rows, tokens):
                drafts[row].append(token)
            going = [at for at, token in enumerate(tokens) if token != self._end]
            if not going:
                break
            if len(going) < len(rows):
                kept = self._tensor(going)
                cache.batch_select_indices(kept)
                seen, places = seen[kept], places[kept]
                rows = [rows[at] for at in going]
            ids = self._tensor([[tokens[at]] for at in going])
            seen = torch.cat([seen, seen.new_ones(len(going), 1)], dim=1)
            places = places[:, -1:] + 1
        return drafts

    def _after(self, prompt: Sequence[int], tokens: list[int]) -> torch.Tensor:
        """What the model would write in the place of each token."""
        read = common(self._beginning, [prompt])
        ids = [*prompt[read:], *tokens[:-1]]
        return self._model(
            input_ids=self._tensor([ids]),
            past_key_values=self._cache(read, 1),
            use_cache=True,
            logits_to_keep=len(tokens),
        ).logits[0]

    def _cache(self, read: int, rows: int) -> DynamicCache:
        """What goes before the rest of so many prompts, of which so many tokens are read."""
        if read == 0:
            return DynamicCache(config=self._model.config)
        if self._read is None:
            self._read = read_beginning(self._model, self._beginning, 1)
        cache = copy.deepcopy(self._read)
        cache.batch_repeat_interleave(rows)
        return cache

    def _tensor(self, values: list) -> torch.Tensor:
        return torch.tensor(values, device=self._model.device)
