import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import EXAMPLES, write_job
from counting import back_ends

from ratchet_training.errors import JobError, as_job_error
from ratchet_training.run import Busy, run

COMMAND = [sys.executable, str(Path(__file__).parent / "counting_jobs.py")]


def quietly(_: str) -> None:
    pass


def manifest(folder: Path) -> dict:
    return json.loads((folder / "output" / "manifest.json").read_text())


def digests(folder: Path) -> list[str]:
    return [model["sha256"] for model in manifest(folder)["models"]]


def begin(folder: Path, *options: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, "run", str(folder), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_leaves_models_with_their_digests_predictions_metrics_and_versions(folder):
    items = [
        {"id": "a", "input": "parcel 1", "expected": "delivery"},
        {"id": "b", "input": "refund 1", "expected": "delivery"},
        {"id": "c", "input": " "},
    ]
    lines: list[str] = []
    run(write_job(folder, sets={"held-out": items}), back_ends, tell=lines.append)
    made = manifest(folder)
    assert [(model["name"], model["examples"]) for model in made["models"]] == [("served", 40), ("part-0", 32)]
    for model in made["models"]:
        content = (folder / "output" / model["path"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (model["sha256"], model["bytes"])
        assert model["metrics"] == {"held-out": {"metric": "accuracy", "value": 0.5, "of": 2}}
    assert made["versions"]["counting"] == "1"
    assert (made["device"], made["attempts"], made["key"]) == ("cpu", 1, "job-1")
    told = (folder / "output" / "predictions" / "served" / "held-out.jsonl").read_text().splitlines()
    answers = [json.loads(line) for line in told]
    assert [answer["output"] for answer in answers] == ["delivery", "money", None]
    assert answers[0]["confidence"] > 0.9
    assert json.loads(lines[-1]) == {"done": 72, "total": 72, "model": "part-0", "loss": 1 / 32}
    assert (folder / "output" / "progress.jsonl").read_text().splitlines() == lines


def test_counts_what_the_answers_to_evaluation_sets_cost_beside_the_training(folder):
    items = [{"id": "a", "input": "parcel 1", "expected": "delivery"}, {"id": "b", "input": "refund"}]
    run(write_job(folder, sets={"held-out": items}, configuration={"paid": True}), back_ends, tell=quietly)
    assert [model["usage"] for model in manifest(folder)["models"]] == [
        {"tokens": 7, "usd": 2.5, "read": 3, "written": 2}
    ] * 2



def test_counts_written_answers_that_are_the_same_without_their_reasoning(folder):
    examples = [
        {"input": "seven", "output": {"reasoning": "3 + 4", "answer": "7"}},
        {"input": "json", "output": {"b": 1, "a": 2}},
    ]
    items = [
        {"id": "a", "input": "seven", "expected": {"reasoning": "2 + 5", "answer": "7"}},
        {"id": "b", "input": "seven", "expected": "7"},
        {"id": "c", "input": "json", "expected": {"a": 2, "b": 1}},
        {"id": "d", "input": "json", "expected": {"a": 2}},
    ]
    task = {"kind": "generation", "checker": "json"}
    models = [{"name": "served", "heldOut": None}]
    run(write_job(folder, examples, {"held-out": items}, task=task, models=models), back_ends, tell=quietly)
    [model] = manifest(folder)["models"]
    assert model["metrics"] == {"held-out": {"metric": "same answer", "value": 0.75, "of": 4}}


def test_a_job_that_is_done_is_left_alone(folder):
    run(write_job(folder), back_ends, tell=quietly)
    before = {path: path.stat().st_mtime_ns for path in (folder / "output").rglob("*") if path.is_file()}
    run(folder, back_ends, tell=quietly)
    after = {path: path.stat().st_mtime_ns for path in (folder / "output").rglob("*") if path.is_file()}
    assert after == before


def test_another_job_is_not_run_in_the_folder_of_one(folder):
    run(write_job(folder), back_ends, tell=quietly)
    with pytest.raises(JobError, match="Another job"):
        run(write_job(folder, seed=8), back_ends, tell=quietly)


def test_killed_it_goes_on_where_it_was_and_comes_to_the_same_models(folder, tmp_path):
    whole = write_job(tmp_path / "whole")
    run(whole, back_ends, tell=quietly)
    write_job(folder, configuration={"seconds": 0.05})
    process = begin(folder)
    assert process.stdout is not None
    seen = [json.loads(process.stdout.readline())["done"] for _ in range(3)]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "output" / "manifest.json").exists()
    lines: list[str] = []
    run(folder, back_ends, tell=lines.append)
    assert json.loads(lines[0])["done"] > seen[-1]
    assert manifest(folder)["attempts"] == 2
    assert digests(folder) == digests(whole)


def test_a_container_that_is_told_to_end_ends_at_once_and_leaves_what_to_go_on_with(tmp_path):
    write_job(tmp_path / "input" / "data" / "job", configuration={"seconds": 1})
    with subprocess.Popen(
        [*COMMAND, "container", "train"],
        env={**os.environ, "RATCHET_OPT_ML": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert not (tmp_path / "checkpoints" / "manifest.json").exists()
    assert (tmp_path / "checkpoints" / "progress.jsonl").stat().st_size > 0


def test_a_model_that_is_finished_is_not_trained_again(folder):
    write_job(folder)
    run(folder, back_ends, tell=quietly)
    (folder / "output" / "manifest.json").unlink()
    before = (folder / "output" / "models" / "served.tar").stat().st_mtime_ns
    (folder / "output" / "models" / "part-0.tar").write_bytes(b"damaged")
    run(folder, back_ends, tell=quietly)
    assert (folder / "output" / "models" / "served.tar").stat().st_mtime_ns == before
    assert len((folder / "output" / "models" / "part-0.tar").read_bytes()) > 1_000


def test_two_never_work_on_one_job(folder):
    process = begin(write_job(folder, configuration={"seconds": 0.05}))
    assert process.stdout is not None
    process.stdout.readline()
    with pytest.raises(Busy):
        run(folder, back_ends, tell=quietly)
    assert begin(folder).wait() == 73
    assert process.wait() == 0


def test_ends_with_whoever_began_it(folder):
    process = begin(write_job(folder, configuration={"seconds": 0.05}), "--with-parent")
    assert process.stdin is not None and process.stdout is not None
    process.stdout.readline()
    begun = time.monotonic()
    process.stdin.close()
    assert process.wait() == 75
    assert time.monotonic() - begun < 5


def test_the_models_hang_on_names_and_contents_alone(folder, tmp_path):
    run(write_job(folder), back_ends, tell=quietly)
    time.sleep(1.1)
    run(write_job(tmp_path / "elsewhere"), back_ends, tell=quietly)
    assert digests(folder) == digests(tmp_path / "elsewhere")


def test_weights_count(folder):
    heavy = [{**EXAMPLES[0], "input": "torn", "output": "money", "weight": 20}, {**EXAMPLES[0], "input": "torn"}]
    run(write_job(folder, [*heavy, *EXAMPLES], {"one": [{"id": "x", "input": "torn"}]}), back_ends, tell=quietly)
    [line] = (folder / "output" / "predictions" / "served" / "one.jsonl").read_text().splitlines()
    assert json.loads(line)["output"] == "money"


def test_a_package_that_is_not_there_is_to_be_installed() -> None:
    error = as_job_error(ModuleNotFoundError("No module named 'tinker'"))
    assert error.name == "InvalidInput"
    assert "'tinker'" in error.message
    assert error.mend.endswith("ratchet setup training")
