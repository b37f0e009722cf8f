"""Ratchet counts places in UTF-16 code units, Python in code points."""


class Offsets:
    """Places of one text, both ways."""

    def __init__(self, text: str) -> None:
        self._units = [0]
        for character in text:
            self._units.append(self._units[-1] + (2 if ord(character) > 0xFFFF else 1))
        self._points = {unit: point for point, unit in enumerate(self._units)}

    def to_points(self, unit: int) -> int | None:
        """The code point at a UTF-16 offset; None within a character or beyond the text."""
        return self._points.get(unit)

    def to_units(self, point: int) -> int:
        return self._units[point]
