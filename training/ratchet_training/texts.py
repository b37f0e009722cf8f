"""What of an input a model is given."""

import unicodedata

#: Longer texts are cut: no model here reads as far.
MOST_CHARACTERS = 20_000


def readable(text: str) -> str:
    """The text without halves of characters; as long as it was."""
    return "".join("�" if 0xD800 <= ord(character) <= 0xDFFF else character for character in text)


def has_text(text: str) -> bool:
    """Whether there is anything to go by: a character that is no blank, control, format character or half of one."""
    return any(
        not character.isspace() and unicodedata.category(character) not in ("Cc", "Cf", "Cs") for character in text
    )


def condensed(text: str) -> str:
    """Blanks as single spaces, cut to what is read at most. Places change: for tasks that name none."""
    # A text may be much longer than what is read, and be blank for long.
    return " ".join(text.split())[:MOST_CHARACTERS]
