from ratchet_training.grade import score
from ratchet_training.offsets import Offsets
from ratchet_training.texts import condensed, has_text, readable


def test_places_are_utf_16_units_outside_and_code_points_inside():
    offsets = Offsets("a😀b")
    assert [offsets.to_units(point) for point in range(4)] == [0, 1, 3, 4]
    assert [offsets.to_points(unit) for unit in range(6)] == [0, 1, None, 2, 3, None]


def test_a_text_of_blanks_and_halves_of_characters_is_none():
    assert not any(has_text(text) for text in ("", "  \n\t ", "\u200b\ufeff", "\ud800"))
    assert has_text("😀")
    assert readable("a\ud800b") == "a�b"
    assert condensed(" " * 100_000 + "block  my card") == "block my card"


def test_entities_score_by_shared_places():
    task = {"kind": "extraction", "labels": ["city"]}
    city = {"label": "city", "start": 0, "end": 5}
    other = {"label": "city", "start": 6, "end": 9}
    assert score(task, [([city], [city, other]), ([], None)]) == {"metric": "entity F1", "value": 2 / 3, "of": 2}
