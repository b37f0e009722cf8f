"""Runs a job to its end, once: what an earlier attempt finished is passed over, what it began goes on."""

import fcntl
import json
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import __version__
from .back_end import BackEnd, LoadedModel, Prediction, Used, Work, used_by
from .errors import as_job_error, invalid
from .files import pack, sha256_of, write_json, write_whole
from .grade import score
from .job import Job, Model, read_job
from .progress import Progress

BackEnds = Mapping[str, Callable[[], BackEnd]]


class Busy(Exception):
    """Another process works on the job."""


def run(folder: Path, back_ends: BackEnds, output: Path | None = None, tell: Callable[[str], None] = print) -> None:
    """
    Trains what `folder/job.json` asks for into `output` (`folder/output` by default). A job that is done is left alone.
    Raises JobError, which is written to `error.json` too, and Busy.
    """
    output = output or folder / "output"
    output.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(output):
        (output / "error.json").unlink(missing_ok=True)
        try:
            _run(folder, back_ends, output, tell)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            told = as_job_error(error)
            write_json(output / "error.json", {"name": told.name, "message": told.message, "mend": told.mend})
            raise told from error


def _run(folder: Path, back_ends: BackEnds, output: Path, tell: Callable[[str], None]) -> None:
    job = read_job(folder)
    if _done(output, job):
        return
    make = back_ends.get(job.back_end)
    if make is None:
        raise invalid(f"There is no back end {job.back_end!r}.", f"Use one of: {', '.join(sorted(back_ends))}.")
    back_end = make()
    back_end.check(job)
    ledger = _ledger(output, job)
    kept = {model.name: job.kept_for(model) for model in job.models}
    for model in job.models:
        if not kept[model.name]:
            raise invalid(f"All examples are kept from model {model.name}.", "Give the job more examples.")
    steps = {name: back_end.steps(job, examples) for name, examples in kept.items()}
    progress = Progress(output / "progress.jsonl", sum(steps.values()), tell)
    begun = time.monotonic()
    before = ledger["seconds"]
    records = []
    for model in job.models:
        def seconds() -> float:
            return before + time.monotonic() - begun

        record = _finished(output, model)
        if record is None:
            record = _train(job, model, back_end, kept[model.name], output, progress)
            _note(output, {**ledger, "seconds": seconds()})
        records.append(record)
        progress.before += steps[model.name]
        progress.step(model.name, 0, record["finalLoss"], last=True)
        _note(output, {**ledger, "seconds": seconds()})
    write_json(
        output / "manifest.json",
        {
            "version": 1,
            "key": job.key,
            "job": job.digest,
            "models": records,
            "versions": {"python": platform.python_version(), "ratchet-training": __version__, **back_end.versions()},
            "device": back_end.device(),
            "seconds": round(before + time.monotonic() - begun, 3),
            "attempts": ledger["attempts"],
        },
    )
    shutil.rmtree(output / "checkpoints", ignore_errors=True)


def _train(
    job: Job, model: Model, back_end: BackEnd, examples: tuple, output: Path, progress: Progress
) -> dict[str, Any]:
    checkpoint = output / "checkpoints" / f"{model.name}.checkpoint"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    made = output / "checkpoints" / model.name
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    work = Work(checkpoint, job.checkpoint_seconds, lambda done, loss: progress.step(model.name, done, loss))
    trained = back_end.train(job, examples, made, work)
    write_json(made / "artifact.json", {"version": 1, "backEnd": job.back_end, "task": job.task, **trained.facts})
    metrics, answering = _evaluate(job, model, back_end.load(made), output) if job.evaluation_sets else ({}, None)
    archive = output / "models" / f"{model.name}.tar"
    pack(made, archive)
    record = {
        "name": model.name,
        "path": f"models/{model.name}.tar",
        "sha256": sha256_of(archive),
        "bytes": archive.stat().st_size,
        "examples": len(examples),
        "steps": trained.steps,
        "finalLoss": trained.final_loss,
        "metrics": metrics,
        **({} if trained.usage is None else {"usage": _usage(trained.usage, answering or Used())}),
    }
    write_json(output / "models" / f"{model.name}.json", record)
    shutil.rmtree(made, ignore_errors=True)
    checkpoint.unlink(missing_ok=True)
    return record


def _usage(training: dict[str, float], answering: Used) -> dict[str, float]:
    """Of a training with the answers to its evaluation sets."""
    usd = round(training["usd"] + answering.usd, 6)
    return {**training, "usd": usd, "read": answering.read, "written": answering.written}


def _evaluate(job: Job, model: Model, loaded: LoadedModel, output: Path) -> tuple[dict[str, Any], Used | None]:
    """The metrics, and what the answers have used where they are paid for."""
    metrics = {}
    for name, items in job.evaluation_sets.items():
        answers = loaded.predict([item.input for item in items], 1)
        lines = [prediction_line(item.id, answer) for item, answer in zip(items, answers, strict=True)]
        write_whole(output / "predictions" / model.name / f"{name}.jsonl", "".join(lines).encode())
        known = [(item.expected, answer.output) for item, answer in zip(items, answers) if item.expected is not None]
        if known:
            metrics[name] = score(job.task, known)
    return metrics, used_by(loaded)


def prediction_line(name: str, answer: Prediction) -> str:
    line = {"id": name, "output": answer.output, "confidence": answer.confidence}
    return json.dumps(line, ensure_ascii=True) + "\n"


def _done(output: Path, job: Job) -> bool:
    path = output / "manifest.json"
    if not path.exists():
        return False
    if json.loads(path.read_text(encoding="utf-8"))["job"] == job.digest:
        return True
    raise invalid("Another job was run in this folder.", "Give each job a folder of its own.")


def _ledger(output: Path, job: Job) -> dict[str, Any]:
    """What earlier attempts left. Raises JobError InvalidInput where they were of another job."""
    path = output / "attempts.json"
    ledger = {"job": job.digest, "attempts": 0, "seconds": 0.0}
    if path.exists():
        ledger = json.loads(path.read_text(encoding="utf-8"))
        if ledger["job"] != job.digest:
            raise invalid("Another job was begun in this folder.", "Give each job a folder of its own.")
    ledger["attempts"] += 1
    _note(output, ledger)
    return ledger


def _note(output: Path, ledger: dict[str, Any]) -> None:
    write_json(output / "attempts.json", ledger)


def _finished(output: Path, model: Model) -> dict[str, Any] | None:
    """The record of a model that an earlier attempt finished."""
    path = output / "models" / f"{model.name}.json"
    if not path.exists():
        return None
    record = json.loads(path.read_text(encoding="utf-8"))
    archive = output / record["path"]
    return record if archive.exists() and sha256_of(archive) == record["sha256"] else None


@contextmanager
def _alone(output: Path) -> Iterator[None]:
    """Holds the job's lock, which the system gives back however the process ends. Raises Busy."""
    descriptor = os.open(output / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield
    finally:
        os.close(descriptor)
