"""A real decoder of 140,000 weights, which knows nothing before it is trained."""

import json

import pytest
from conftest import write_job

pytest.importorskip("peft")
pytestmark = pytest.mark.heavy

from foundations import tiny_llama  # noqa: E402
from served import CONTAINER, ask, served  # noqa: E402
from test_gliner2 import intents  # noqa: E402

from ratchet_training.back_ends import back_ends  # noqa: E402
from ratchet_training.back_ends.hf_lora import IGNORED, Questions, load_foundation, padded  # noqa: E402
from ratchet_training.errors import JobError  # noqa: E402
from ratchet_training.run import run  # noqa: E402
from ratchet_training.serve import load_archive, predictions  # noqa: E402
from ratchet_training.written import written  # noqa: E402

LABELS = ["BookRestaurant", "GetWeather", "PlayMusic"]


def job(folder, examples, fresh, foundation="", **configuration):
    words = [*(one["input"] for one in examples), "Classify the text. Answer with one of: " + ", ".join(LABELS)]
    foundation = foundation or str(tiny_llama(folder.parent / "tiny-llama", words))
    items = [{"id": str(at), "input": one["input"], "expected": one["output"]} for at, one in enumerate(fresh)]
    return write_job(
        folder,
        examples,
        {"fresh": [*items, {"id": "long", "input": "play " * 5_000}, {"id": "none", "input": " \u200b"}]},
        backEnd="hf-lora",
        task={"kind": "classification", "labels": LABELS},
        models=[{"name": "served", "heldOut": None}],
        foundation=foundation,
        configuration={
            "foundation": foundation,
            "epochs": 10,
            "batchSize": 8,
            "rate": 1e-2,
            "rank": 8,
            "maxTokens": 128,
            **configuration,
        },
    )


def quietly(_: str) -> None:
    pass


def test_learns_intents_and_its_artifact_is_the_adapter_alone(folder):
    run(job(folder, intents(120, 1), intents(45, 2)), back_ends, tell=quietly)
    made = json.loads((folder / "output" / "manifest.json").read_text())
    [model] = made["models"]
    assert model["metrics"]["fresh"]["value"] > 0.9
    assert model["bytes"] < (folder.parent / "tiny-llama" / "model.safetensors").stat().st_size / 2
    lines = (folder / "output" / "predictions" / "served" / "fresh.jsonl").read_text().splitlines()
    *_, long, none = [json.loads(line) for line in lines]
    assert long["output"] == "PlayMusic"
    assert none == {"id": "none", "output": None, "confidence": 0.0}


def test_the_container_answers_with_its_artifact_over_http(folder):
    run(job(folder, intents(24, 1), [], epochs=2), back_ends, tell=quietly)
    archive = folder / "output" / "models" / "served.tar"
    inputs = [*(one["input"] for one in intents(6, 2)), " "]
    (folder / "model").mkdir()
    archive.rename(folder / "model" / "served.tar")
    with served(folder, "serve", command=CONTAINER, SAGEMAKER_BIND_TO_PORT="0") as (connection, _, _):
        status, answer = ask(connection, json.dumps({"inputs": inputs, "alternatives": 3}))
    expected = predictions(*load_archive(folder / "model" / "served.tar", back_ends), inputs, 3)
    assert (status, answer["predictions"]) == (200, expected)
    assert [len(one["alternatives"]) for one in expected] == [3] * 6 + [0]


def test_the_loss_is_of_the_answer_alone(folder):
    job(folder, intents(30, 1), [])
    _, tokenizer = load_foundation(str(folder.parent / "tiny-llama"))
    questions = Questions(tokenizer, LABELS, 128)
    batch = [questions.with_answer(text, "PlayMusic") for text in ("play a song", "a much longer text than that " * 2)]
    labels = padded(batch, questions.pad)["labels"]
    for row in labels.tolist():
        answer = [token for token in row if token != IGNORED]
        assert tokenizer.decode(answer) == "PlayMusic<|end|>"


def test_interrupted_it_comes_to_the_model_that_it_would_have_been(folder, tmp_path):
    whole = job(tmp_path / "whole", intents(24, 1), [], epochs=2)
    run(whole, back_ends, tell=quietly)

    class Killed(BaseException):
        pass

    def kill(line: str) -> None:
        if json.loads(line)["done"] >= 3:
            raise Killed

    job(folder, intents(24, 1), [], epochs=2)
    with pytest.raises((Killed, JobError)):
        run(folder, back_ends, tell=kill)
    run(folder, back_ends, tell=quietly)
    digests = [
        json.loads((one / "output" / "manifest.json").read_text())["models"][0]["sha256"] for one in (folder, whole)
    ]
    assert digests[0] == digests[1]


def test_refuses_a_foundation_that_is_not_there_or_has_changed(folder):
    with pytest.raises(JobError) as caught:
        run(job(folder, intents(9, 1), [], foundation="/no/such/decoder"), back_ends, tell=quietly)
    assert caught.value.name == "FoundationMissing"


ANSWERS = {
    "two eggs and three more": {"reasoning": "2 + 3 = 5", "answer": "5"},
    "the parcel is late": {"queue": "delivery", "tags": ["late", "ü"]},
    "money back please": {"queue": "refund", "tags": []},
    "good morning": "Hello!",
}


def writing_job(folder, checker="json", **configuration):
    examples = [{"input": text, "output": output} for text, output in ANSWERS.items()]
    items = [{"id": str(at), "input": text, "expected": ANSWERS[text]} for at, text in enumerate(ANSWERS)]
    asked = job(folder, [{"input": text, "output": "GetWeather"} for text in ANSWERS], [])
    foundation = json.loads((asked / "job.json").read_text())["foundation"]
    settings = {"epochs": 100, "batchSize": 4, "rate": 1e-2, "rank": 16, "maxTokens": 128, "maxNewTokens": 48}
    return write_job(
        folder,
        examples,
        {"known": [*items, {"id": "none", "input": " "}]},
        backEnd="hf-lora",
        task={"kind": "generation", "checker": checker},
        models=[{"name": "served", "heldOut": None}],
        foundation=foundation,
        configuration={"foundation": foundation, **settings, **configuration},
    )


def told(folder) -> list[dict]:
    lines = (folder / "output" / "predictions" / "served" / "known.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_learns_what_to_write_json_as_json_and_reasoning_apart(folder):
    run(writing_job(folder), back_ends, tell=quietly)
    *answers, none = told(folder)
    assert [one["output"] for one in answers] == list(ANSWERS.values())
    assert all(0.4 < one["confidence"] < 1 for one in answers)
    assert none == {"id": "none", "output": None, "confidence": 0.0}


def test_writes_no_more_than_it_may(folder):
    run(writing_job(folder, maxNewTokens=3), back_ends, tell=quietly)
    _, tokenizer = load_foundation(str(folder.parent / "tiny-llama"))
    begun = [tokenizer.decode(tokenizer.encode(written(output))[:3]) for output in ANSWERS.values()]
    assert [one["output"] for one in told(folder)[:-1]] == begun


def test_is_not_sure_of_what_it_has_not_learnt(folder):
    run(writing_job(folder, epochs=1, rate=1e-9, maxNewTokens=6), back_ends, tell=quietly)
    assert all(0 < one["confidence"] < 0.3 for one in told(folder)[:-1])


def test_the_loss_is_of_what_is_written_alone_and_the_question_is_the_same_without_it(folder):
    writing_job(folder)
    _, tokenizer = load_foundation(str(folder.parent / "tiny-llama"))
    questions = Questions(tokenizer, None, 64, 16)
    for text in ("good morning", "a text much longer than what is read " * 20):
        encoded = questions.with_answer(text, "Hello!")
        assert encoded.tokens[: -encoded.answer] == questions.unanswered(text)
        assert len(questions.unanswered(text)) <= 48
        assert tokenizer.decode(encoded.tokens[-encoded.answer :]) == "Hello!<|end|>"
    assert questions.with_answer("good morning", "long " * 50).answer == 16


def test_refuses_answers_that_leave_no_room_for_the_input(folder):
    with pytest.raises(JobError) as caught:
        run(writing_job(folder, maxNewTokens=100), back_ends, tell=quietly)
    assert caught.value.name == "InvalidInput"
    assert "maxTokens" in caught.value.mend
