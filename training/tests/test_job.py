import hashlib
import json

import pytest
from conftest import EXAMPLES, write_job
from counting import back_ends

from ratchet_training.errors import JobError
from ratchet_training.job import read_job
from ratchet_training.run import run


def refusal(folder) -> JobError:
    with pytest.raises(JobError) as caught:
        run(folder, back_ends, tell=lambda _: None)
    told = json.loads((folder / "output" / "error.json").read_text())
    assert told == {"name": caught.value.name, "message": caught.value.message, "mend": caught.value.mend}
    assert not (folder / "output" / "manifest.json").exists()
    return caught.value


def test_keeps_from_a_model_what_lies_in_its_part(folder):
    job = read_job(write_job(folder, [{**EXAMPLES[0], "folds": folds} for folds in ([], [0], [1], [2], [0, 9], [9])]))
    assert [example.folds for example in job.kept_for(job.models[1])] == [(), (2,), (9,)]
    assert len(job.kept_for(job.models[0])) == 6


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"seed": -1}, "InvalidInput", "seed"),
        ({"surplus": 1}, "InvalidInput", "surplus"),
        ({"models": []}, "InvalidInput", "models"),
        ({"dataset": {"path": "../secret", "sha256": "0" * 64}}, "InvalidInput", "dataset.path"),
        ({"dataset": {"path": "none.jsonl", "sha256": "0" * 64}}, "ObjectMissing", "none.jsonl"),
        ({"dataset": {"path": "dataset.jsonl", "sha256": "0" * 64}}, "CorruptArtifact", "dataset.jsonl"),
        ({"backEnd": "unknown"}, "InvalidInput", "unknown"),
        ({"foundation": "elsewhere"}, "FoundationMissing", "elsewhere"),
        ({"configuration": {"fault": "memory"}}, "OutOfMemory", "memory"),
        ({"models": [{"name": "a", "heldOut": None}] * 2}, "InvalidInput", "one name"),
    ],
)
def test_refuses_a_bad_job_and_says_what_is_wrong(folder, changes, name, words):
    error = refusal(write_job(folder, **changes))
    assert error.name == name
    assert words in error.message
    assert error.mend


@pytest.mark.parametrize("line", ["{", '"text"', '{"input": "x"}', '{"input": "x", "output": "money", "weight": 0}'])
def test_refuses_a_bad_example_by_its_line(folder, line):
    write_job(folder)
    good = json.dumps(EXAMPLES[0])
    content = f"{good}\n{line}\n".encode()
    (folder / "dataset.jsonl").write_bytes(content)
    job = json.loads((folder / "job.json").read_text())
    job["dataset"]["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "job.json").write_text(json.dumps(job))
    assert "line 2" in refusal(folder).message


def test_refuses_a_dataset_without_examples_and_a_model_without(folder):
    assert "no example" in refusal(write_job(folder / "a", [])).message
    assert "part-0" in refusal(write_job(folder / "b", [EXAMPLES[0]])).message
