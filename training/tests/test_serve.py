import json

import pytest
from conftest import write_job
from counting import back_ends

from ratchet_training.files import sha256_of
from ratchet_training.run import run
from ratchet_training.serve import serve


def answers(requests: list[dict]) -> list[dict]:
    lines: list[str] = []
    serve([json.dumps(request) + "\n" for request in requests], lines.append, back_ends)
    return [json.loads(line) for line in lines]


def request(folder, **changes) -> dict:
    path = folder / "output" / "models" / "served.tar"
    return {
        "id": 1,
        "artifact": {"path": str(path), "sha256": sha256_of(path)},
        "inputs": ["parcel", "refund", "", "parcel"],
        "alternatives": 2,
        **changes,
    }


def test_answers_in_order_with_alternatives_and_tells_how_far_it_is(folder):
    run(write_job(folder), back_ends, tell=lambda _: None)
    *told, answer = answers([request(folder)])
    assert told == [{"id": 1, "done": 4}]
    predictions = answer["predictions"]
    assert [one["output"] for one in predictions] == ["delivery", "money", None, "delivery"]
    assert [one["output"] for one in predictions[0]["alternatives"]] == ["delivery", "money"]
    assert sum(one["confidence"] for one in predictions[0]["alternatives"]) == pytest.approx(1)
    assert predictions[2] == {"output": None, "confidence": 0.0, "alternatives": []}


def test_answers_with_what_is_written_whatever_its_form(folder):
    written = {"parcel": {"queue": "delivery"}, "refund": ["a", 1], "hello": "text"}
    examples = [{"input": text, "output": output} for text, output in written.items()]
    run(write_job(folder, examples, task={"kind": "generation"}, models=[{"name": "served", "heldOut": None}]), back_ends)
    [*_, answer] = answers([request(folder, inputs=[*written, ""])])
    assert [one["output"] for one in answer["predictions"]] == [*written.values(), None]
    assert [len(one["alternatives"]) for one in answer["predictions"]] == [2, 2, 2, 0]


def test_tells_a_missing_and_a_damaged_artifact_and_answers_the_next(folder):
    run(write_job(folder), back_ends, tell=lambda _: None)
    good = request(folder)
    missing = {**good, "artifact": {"path": str(folder / "none"), "sha256": "0" * 64}}
    (folder / "short.tar").write_bytes((folder / "output" / "models" / "served.tar").read_bytes()[:100])
    other = {**good, "artifact": {"path": good["artifact"]["path"], "sha256": "0" * 64}}
    short = {"path": str(folder / "short.tar"), "sha256": sha256_of(folder / "short.tar")}
    told = [one for one in answers([missing, other, {**good, "artifact": short}, good]) if "done" not in one]
    names = [one["error"]["name"] for one in told[:3]]
    assert names == ["ObjectMissing", "CorruptArtifact", "CorruptArtifact"]
    assert len(told[3]["predictions"]) == 4


def test_a_label_without_an_example_is_possible_and_never_probable(folder):
    task = {"kind": "classification", "labels": ["delivery", "money", "zebra"]}
    run(write_job(folder, task=task), back_ends, tell=lambda _: None)
    [parcel, *_] = answers([request(folder, alternatives=9)])[-1]["predictions"]
    assert parcel["alternatives"][-1] == {"output": "zebra", "confidence": 0.0}
    assert len(parcel["alternatives"]) == 3


def test_tells_what_each_answer_has_used_where_that_is_paid_for(folder):
    run(write_job(folder, configuration={"paid": True}), back_ends, tell=lambda _: None)
    asked = [request(folder), request(folder, inputs=["one parcel here"]), request(folder, inputs=[])]
    used = [one["usage"] for one in answers(asked) if "predictions" in one]
    assert used == [
        {"inputTokens": 2, "outputTokens": 3, "usd": 3.0},
        {"inputTokens": 3, "outputTokens": 1, "usd": 1.0},
        {"inputTokens": 0, "outputTokens": 0, "usd": 0.0},
    ]
