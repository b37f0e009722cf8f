"""Which examples a training meets when, and how fast it learns of them: what follows from job and seed alone."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

#: Share of the steps in which the rate rises from nothing.
WARM_UP = 0.1


@dataclass(frozen=True)
class Plan:
    weights: tuple[float, ...]
    epochs: int
    batch_size: int
    seed: int

    @property
    def steps(self) -> int:
        return self.epochs * math.ceil(len(self.weights) / self.batch_size)

    def batch(self, step: int) -> list[int]:
        """Which examples step `step` trains, from 0."""
        each = math.ceil(len(self.weights) / self.batch_size)
        order = epoch_order(self.weights, self.seed, step // each)
        at = step % each
        return order[at * self.batch_size : (at + 1) * self.batch_size]

    def share_of_rate(self, step: int) -> float:
        """Part of the highest rate at a step: it rises from nothing, then falls to nothing."""
        warm = max(1, round(self.steps * WARM_UP))
        return min((step + 1) / warm, (self.steps - step) / max(1, self.steps - warm + 1))


def epoch_order(weights: Sequence[float], seed: int, epoch: int) -> list[int]:
    """
    As many examples as there are, each as often as its weight has of the whole, rounded up or down by chance (systematic
    sampling); of equal weights each once. Shuffled.
    """
    draw = random.Random(f"{seed}-{epoch}")
    step = sum(weights) / len(weights)
    at = draw.random() * step
    chosen: list[int] = []
    reached = 0.0
    for index, weight in enumerate(weights):
        reached += weight
        while at < reached and len(chosen) < len(weights):
            chosen.append(index)
            at += step
    while len(chosen) < len(weights):
        chosen.append(len(weights) - 1)
    draw.shuffle(chosen)
    return chosen
