"""Jobs in folders of their own."""

import hashlib
import json
from pathlib import Path

import pytest

EXAMPLES = [
    {"input": f"{word} {at}", "output": label, "weight": 1, "folds": [at % 10]}
    for at in range(20)
    for word, label in (("parcel", "delivery"), ("refund", "money"))
]


def write_job(folder: Path, examples: list[dict] = EXAMPLES, sets: dict[str, list[dict]] | None = None, **changes) -> Path:
    """A job of counting in a folder; `changes` replace fields of job.json."""
    folder.mkdir(parents=True, exist_ok=True)

    def written(name: str, lines: list[dict]) -> dict[str, str]:
        content = "".join(json.dumps(line) + "\n" for line in lines).encode()
        (folder / name).write_bytes(content)
        return {"path": name, "sha256": hashlib.sha256(content).hexdigest()}

    job = {
        "version": 1,
        "key": folder.name,
        "backEnd": "counting",
        "task": {"kind": "classification", "labels": ["delivery", "money"]},
        "dataset": written("dataset.jsonl", examples),
        "models": [{"name": "served", "heldOut": None}, {"name": "part-0", "heldOut": {"part": 0, "parts": 5}}],
        "evaluationSets": [{"name": name, **written(f"{name}.jsonl", lines)} for name, lines in (sets or {}).items()],
        "configuration": {},
        "seed": 7,
        "foundation": "nothing",
        "checkpointSeconds": 0,
        **changes,
    }
    (folder / "job.json").write_text(json.dumps(job))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "job-1"
