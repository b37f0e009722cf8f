"""The training loop that back ends share: an order that follows from seed and step alone, and checkpoints to go on from."""

import math
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from .back_end import Work
from .errors import JobError
from .plan import Plan

#: Gradients are scaled down to this norm.
MOST_NORM = 1.0


@dataclass(frozen=True)
class Group:
    """Parameters with their learning rate."""

    parameters: list[torch.nn.Parameter]
    rate: float


def fit(
    module: torch.nn.Module, groups: Sequence[Group], plan: Plan, loss_of: Callable[[list[int]], torch.Tensor], work: Work
) -> float:
    """Trains the parameters of the groups in place; returns the mean loss of the last epoch."""
    trained = [parameter for group in groups for parameter in group.parameters]
    optimizer = torch.optim.AdamW(
        [{"params": group.parameters, "lr": group.rate} for group in groups], weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, plan.share_of_rate)
    torch.manual_seed(plan.seed)
    random.seed(plan.seed)
    losses: list[float] = []
    begun = _resume(work.checkpoint, trained, optimizer, schedule, losses)
    saved = time.monotonic()
    module.train()
    for step in range(begun, plan.steps):
        loss = loss_of(plan.batch(step))
        if not torch.isfinite(loss):
            raise JobError(
                "TrainingFailed",
                f"The loss is no longer a number at step {step + 1} of {plan.steps}.",
                "Take a smaller learning rate.",
            )
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, MOST_NORM)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if time.monotonic() - saved >= work.checkpoint_seconds and step + 1 < plan.steps:
            _save(work.checkpoint, step + 1, trained, optimizer, schedule, losses)
            saved = time.monotonic()
        work.step(step + 1, losses[-1])
    module.eval()
    last = losses[-math.ceil(len(plan.weights) / plan.batch_size) :]
    return sum(last) / len(last)


def _save(path: Path, step: int, trained, optimizer, schedule, losses: list[float]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    state = {
        "step": step,
        "parameters": [parameter.detach() for parameter in trained],
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "losses": losses,
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),
        "python": random.getstate(),
    }
    torch.save(state, temporary)
    with temporary.open("rb") as opened:
        os.fsync(opened.fileno())
    temporary.replace(path)


def _resume(path: Path, trained, optimizer, schedule, losses: list[float]) -> int:
    """Puts everything back as the checkpoint has it; returns how many steps are done."""
    if not path.exists():
        return 0
    # Written by this job; a step's place in the random streams is no tensor.
    state = torch.load(path, map_location="cpu", weights_only=False)
    with torch.no_grad():
        for parameter, kept in zip(trained, state["parameters"], strict=True):
            parameter.copy_(kept)
    optimizer.load_state_dict(state["optimizer"])
    schedule.load_state_dict(state["schedule"])
    losses.extend(state["losses"])
    torch.set_rng_state(state["torch"])
    if state["cuda"]:
        torch.cuda.set_rng_state_all(state["cuda"])
    random.setstate(state["python"])
    return state["step"]


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
