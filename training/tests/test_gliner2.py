"""The real GLiNER2 on an encoder of 40,000 weights, which knows nothing before it is trained."""

import json
import random

import pytest
from conftest import write_job

pytest.importorskip("gliner2")
pytestmark = pytest.mark.heavy

from foundations import tiny_bert  # noqa: E402
from served import CONTAINER, ask, served  # noqa: E402

import torch  # noqa: E402

from ratchet_training.back_ends import back_ends  # noqa: E402
from ratchet_training.back_ends.gliner2 import load_foundation  # noqa: E402
from ratchet_training.errors import JobError  # noqa: E402
from ratchet_training.run import run  # noqa: E402
from ratchet_training.serve import load_archive, predictions  # noqa: E402

INTENTS = {
    "GetWeather": ["will it rain in {}", "the forecast for {}", "how cold is it in {}", "weather of {} tomorrow"],
    "PlayMusic": ["play a song of {}", "i want to hear {}", "put on the album {}", "some tune by {}"],
    "BookRestaurant": ["book a table at {}", "a dinner for two in {}", "reserve a seat at {}", "a restaurant near {}"],
}
NAMES = ["rome", "paris", "oslo", "lima", "cairo", "delhi", "quito", "seoul", "accra", "minsk"]
CITIES, PEOPLE = NAMES[:5], ["ana", "ben", "cleo", "dora", "emil"]


def intents(count: int, seed: int) -> list[dict]:
    draw = random.Random(seed)
    made = []
    for at in range(count):
        label = list(INTENTS)[at % 3]
        made.append({"input": draw.choice(INTENTS[label]).format(draw.choice(NAMES)), "output": label, "weight": 1})
    return made


def entities(count: int, seed: int) -> list[dict]:
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        city, person = draw.choice(CITIES), draw.choice(PEOPLE)
        text = draw.choice(["{p} lives in {c}", "😀 {c} is the home of {p}", "tell {p} about {c}", "nothing here"])
        whole = text.format(p=person, c=city)
        shift = 1 if whole.startswith("😀") else 0
        output = [
            {"label": label, "start": whole.index(name) + shift, "end": whole.index(name) + shift + len(name)}
            for label, name in (("city", city), ("person", person))
            if name in whole
        ]
        made.append({"input": whole, "output": output, "weight": 1})
    return made


def job(folder, examples, fresh, labels, kind="classification", foundation="", **configuration):
    foundation = foundation or str(tiny_bert(folder.parent / "tiny-bert", [one["input"] for one in examples]))
    items = [{"id": str(at), "input": one["input"], "expected": one["output"]} for at, one in enumerate(fresh)]
    return write_job(
        folder,
        examples,
        {"fresh": items},
        backEnd="gliner2",
        task={"kind": kind, "labels": labels},
        models=[{"name": "served", "heldOut": None}],
        foundation=foundation,
        configuration={
            "foundation": foundation,
            "method": "full",
            "epochs": 10,
            "batchSize": 8,
            "encoderRate": 2e-3,
            "headRate": 2e-3,
            "rank": 8,
            "threshold": 0.5,
            **configuration,
        },
    )


def manifest(folder) -> dict:
    return json.loads((folder / "output" / "manifest.json").read_text())


def value(folder) -> float:
    return manifest(folder)["models"][0]["metrics"]["fresh"]["value"]


def quietly(_: str) -> None:
    pass


def test_the_container_answers_with_its_artifact_over_http(folder):
    run(job(folder, entities(60, 1), [], ["city", "person"], "extraction", epochs=4), back_ends, tell=quietly)
    archive = folder / "output" / "models" / "served.tar"
    inputs = [*(one["input"] for one in entities(8, 2)), " "]
    (folder / "model").mkdir()
    archive.rename(folder / "model" / "served.tar")
    with served(folder, "serve", command=CONTAINER, SAGEMAKER_BIND_TO_PORT="0") as (connection, _, _):
        status, answer = ask(connection, json.dumps({"inputs": inputs}))
    expected = predictions(*load_archive(folder / "model" / "served.tar", back_ends), inputs, 2)
    assert (status, answer["predictions"]) == (200, expected)
    assert any(one["output"] for one in expected)


def test_learns_intents_in_full_and_then_more_of_them_by_lora(folder, tmp_path):
    labels = ["BookRestaurant", "GetWeather", "PlayMusic"]
    run(job(folder, intents(120, 1), intents(60, 2), labels), back_ends, tell=quietly)
    assert value(folder) > 0.9
    # What was trained is itself a GLiNER2 to start from; LoRA leaves what it changed alone.
    from ratchet_training.files import unpack

    unpack(folder / "output" / "models" / "served.tar", tmp_path / "whole")
    base = str(tmp_path / "whole" / "model")
    renamed = {"GetWeather": "sky", "PlayMusic": "sound", "BookRestaurant": "food"}
    for_lora = [[{**one, "output": renamed[one["output"]]} for one in lines] for lines in (intents(90, 3), intents(45, 4))]
    second = job(
        tmp_path / "second", *for_lora, sorted(renamed.values()), foundation=base, method="lora", encoderRate=5e-4
    )
    run(second, back_ends, tell=quietly)
    assert value(second) > 0.9
    assert manifest(second)["models"][0]["bytes"] * 3 < manifest(folder)["models"][0]["bytes"]


# A step of the encoder by LoRA is ten times what is named.
@pytest.mark.parametrize(("method", "rates"), [("full", (2e-3, 2e-3)), ("lora", (5e-4, 4e-3))])
def test_learns_two_types_of_entities_by_their_places(folder, method, rates):
    how = {"method": method, "epochs": 12, "encoderRate": rates[0], "headRate": rates[1]}
    run(job(folder, entities(160, 1), entities(60, 2), ["city", "person"], "extraction", **how), back_ends, tell=quietly)
    assert value(folder) > 0.8
    lines = (folder / "output" / "predictions" / "served" / "fresh.jsonl").read_text().splitlines()
    answers = [json.loads(line)["output"] for line in lines]
    assert {entity["label"] for answer in answers for entity in answer} == {"city", "person"}
    for one, answer in zip(entities(60, 2), answers):
        text = one["input"].encode("utf-16-le")
        for entity in answer:
            assert text[2 * entity["start"] : 2 * entity["end"]].decode("utf-16-le") == entity["text"]


def test_finds_entities_whatever_a_head_that_no_entity_trains_counts(folder, tmp_path):
    examples = entities(80, 1)
    # GLiNER2 finds nothing where it counts none; from an encoder that head is random, and stays so.
    model = load_foundation(str(tiny_bert(tmp_path / "tiny-bert", [one["input"] for one in examples])))
    with torch.no_grad():
        model.count_pred[-1].bias[0] = 100
    model.save_pretrained(str(tmp_path / "counts-none"))
    foundation = str(tmp_path / "counts-none")
    run(
        job(folder, examples, entities(30, 2), ["city", "person"], "extraction", foundation=foundation, epochs=8),
        back_ends,
        tell=quietly,
    )
    assert value(folder) > 0.5


@pytest.mark.parametrize("kind", ["classification", "extraction"])
def test_reads_texts_of_any_length_as_far_as_the_encoder_does(folder, kind):
    """The encoder reads 512 tokens; a name of many takes a word, and what has none takes nothing."""
    made, labels = (intents(30, 1), sorted(INTENTS)) if kind == "classification" else (entities(30, 1), ["city", "person"])
    long = [
        {**one, "input": one["input"] + f" {one['input'].replace(' ', '')}{one['input'].replace(' ', '')}" * 300}
        for one in made[:6]
    ]
    fresh = [
        *long,
        {**made[0], "input": "song " * 299 + "\ufffd paris"},
        {**made[0], "input": "song-" * 600 + "paris is here"},
    ]
    run(job(folder, [*made, *long], fresh, labels, kind, epochs=1), back_ends, tell=quietly)
    assert manifest(folder)["models"][0]["metrics"]["fresh"]["of"] == len(fresh)


def test_says_so_where_the_labels_alone_fill_what_the_encoder_reads(folder):
    labels = [f"a label whose name is far too long to be one of so many {at}" for at in range(60)]
    examples = [{"input": f"text {at}", "output": label, "weight": 1} for at, label in enumerate(labels)]
    with pytest.raises(JobError) as caught:
        run(job(folder, examples, [], labels), back_ends, tell=quietly)
    assert caught.value.name == "InvalidInput"
    assert "512 tokens" in caught.value.message
    assert "foundation" in caught.value.mend


def test_interrupted_it_comes_to_the_model_that_it_would_have_been(folder, tmp_path):
    examples, labels = intents(48, 1), ["BookRestaurant", "GetWeather", "PlayMusic"]
    whole = job(tmp_path / "whole", examples, [], labels, epochs=2)
    run(whole, back_ends, tell=quietly)

    class Killed(BaseException):
        pass

    def kill(line: str) -> None:
        if json.loads(line)["done"] >= 5:
            raise Killed

    job(folder, examples, [], labels, epochs=2)
    with pytest.raises((Killed, JobError)):
        run(folder, back_ends, tell=kill)
    run(folder, back_ends, tell=quietly)
    assert manifest(folder)["models"][0]["sha256"] == manifest(whole)["models"][0]["sha256"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"epochs": 0}, "InvalidInput"),
        ({"surplus": 1}, "InvalidInput"),
        ({"foundation": "/no/such/directory"}, "FoundationMissing"),
    ],
)
def test_refuses_what_it_cannot_train(folder, changes, name):
    foundation = {"foundation": changes.pop("foundation")} if "foundation" in changes else {}
    write = job(folder, intents(9, 1), [], ["BookRestaurant", "GetWeather", "PlayMusic"], **foundation, **changes)
    with pytest.raises(JobError) as caught:
        run(write, back_ends, tell=quietly)
    assert caught.value.name == name
    assert caught.value.mend
