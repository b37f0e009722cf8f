"""Short texts of another language with labels: what Debian's translators wrote about its packages, and their sections.

usage: python package_descriptions.py PACKAGES TRANSLATION OUT

PACKAGES is a release's index of packages (`dists/bookworm/main/binary-amd64/Packages.xz`), TRANSLATION the descriptions
in a language (`dists/bookworm/main/i18n/Translation-de.bz2`); both are what `apt` reads. OUT gets a line of JSON each:
`{"text", "label"}`, the first line of a description and the section, for sections that name a subject rather than a
kind of file. Of descriptions that only differ in brackets or in numbers one stays, and none that is not translated.
"""

import bz2
import json
import lzma
import re
import sys
from pathlib import Path

# Libraries, languages of programmes and kinds of files say little of what a package is for.
SUBJECTS = (
    "admin comm database editors education electronics fonts games gnome graphics hamradio httpd kde mail math net news "
    "science shells sound tex text vcs video web x11"
).split()


def records(text: str):
    """The fields of each stanza; a line that begins with a space goes on with the field before."""
    for stanza in text.split("\n\n"):
        yield dict(re.findall(r"^([A-Za-z][\w-]*): ?(.*)$", stanza, re.MULTILINE))


def told(text: str) -> str:
    """What two descriptions of one thing have in common."""
    return re.sub(r"[\W\d_]+", " ", re.sub(r"\(.*?\)|\s[-–—]\s.*$", "", text)).strip().lower()


def main(packages: Path, translation: Path, out: Path) -> None:
    sections, english = {}, {}
    for record in records(lzma.open(packages, "rt", encoding="utf-8").read()):
        sections[record.get("Package")] = record.get("Section", "")
        english[record.get("Package")] = record.get("Description", "")
    seen, lines = set(), []
    for record in records(bz2.open(translation, "rt", encoding="utf-8").read()):
        name = record.get("Package")
        text = next((value for field, value in record.items() if re.fullmatch(r"Description-(?!md5)\w+", field)), "")
        label = sections.get(name, "")
        key = told(text)
        if label not in SUBJECTS or len(text) < 12 or text == english[name] or key in seen:
            continue
        seen.add(key)
        lines.append(json.dumps({"text": text, "label": label}, ensure_ascii=False))
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
