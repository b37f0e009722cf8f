import json

import pytest

from ratchet_training.written import MARK, Form, answer_of, form_of, written


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("two words", "two words"),
        ({"b": [1, "é"], "a": {"d": None, "c": True}}, '{"a":{"c":true,"d":null},"b":[1,"é"]}'),
        ({"reasoning": "3 + 4 = 7", "answer": "7"}, f"3 + 4 = 7{MARK}7"),
        ({"reasoning": "it says so", "answer": {"x": 1}}, f'it says so{MARK}{{"x":1}}'),
        # Another field, or no answer: JSON like any other.
        ({"reasoning": "r", "answer": "7", "more": 1}, '{"answer":"7","more":1,"reasoning":"r"}'),
        ({"reasoning": "r", "answer": None}, '{"answer":null,"reasoning":"r"}'),
    ],
)
def test_what_is_written_is_read_back(output, text):
    assert written(output) == text
    assert form_of([output], "exact").read(text) == output


def test_halves_of_characters_are_replaced():
    assert written({"a": "x\ud800"}) == '{"a":"x\ufffd"}'


def test_reads_json_only_where_it_is_asked_for_and_reasoning_only_where_it_was_trained():
    assert form_of(["plain"], "exact") == Form(reasoned=False, structured=False)
    assert form_of(["plain"], "json") == Form(reasoned=False, structured=True)
    assert form_of([{"reasoning": "r", "answer": "7"}], "numeric") == Form(reasoned=True, structured=False)
    assert Form(reasoned=False, structured=False).read('{"a":1}') == '{"a":1}'
    assert Form(reasoned=False, structured=True).read(f"x{MARK}7") == f"x{MARK}7"


@pytest.mark.parametrize("text", ['{"a":', '{"a":NaN}', "[" * 100_000, "no JSON", "null", ""])
def test_what_is_no_json_stays_a_text(text):
    assert Form(reasoned=True, structured=True).read(text) == text


def test_the_last_mark_parts_reasoning_from_answer():
    read = Form(reasoned=True, structured=False).read(f"one{MARK}two{MARK}3")
    assert read == {"reasoning": f"one{MARK}two", "answer": "3"}
    assert answer_of(read) == "3"
    assert json.dumps(answer_of("whole")) == '"whole"'
