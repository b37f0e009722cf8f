import pytest

from ratchet_training.decoder_job import check_decoder_job
from ratchet_training.errors import JobError
from ratchet_training.job import Example, Job

SCHEMA = {"type": "object", "properties": {"maxTokens": {"type": "integer"}}, "required": ["maxTokens"]}


def job(task, outputs=("a",), **configuration):
    examples = tuple(Example("text", output, 1.0, ()) for output in outputs)
    asked = {"maxTokens": 100, **configuration}
    return Job("key", "0" * 64, "back-end", task, examples, (), {}, asked, 1, "somewhere", 60.0)


LABELS = {"kind": "classification", "labels": ["a", "b"]}
TEXTS = {"kind": "generation"}


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (job(LABELS, maxTokens="many"), "configuration: 'many' is not of type 'integer'"),
        (job(LABELS, outputs=("a", "c")), "an output that the task does not know: c."),
        (job(TEXTS, maxNewTokens=51), "maxNewTokens is more than half of maxTokens"),
        (job({"kind": "extraction"}), "some-trainer does not train the task 'extraction'."),
    ],
)
def test_refuses_what_a_decoder_cannot_learn(bad, words):
    with pytest.raises(JobError) as refused:
        check_decoder_job(bad, "some-trainer", SCHEMA)
    assert refused.value.name == "InvalidInput"
    assert words in str(refused.value)


@pytest.mark.parametrize("good", [job(LABELS, outputs=("a", "b")), job(TEXTS, maxNewTokens=50), job(TEXTS)])
def test_takes_what_it_can(good):
    check_decoder_job(good, "some-trainer", SCHEMA)


def test_counts_on_what_a_trainer_usually_writes():
    with pytest.raises(JobError, match="more than half"):
        check_decoder_job(job(TEXTS), "some-trainer", SCHEMA, 51)
