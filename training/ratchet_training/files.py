"""Files that are whole or not there, and archives that depend on their content alone."""

import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

from .errors import JobError


def sha256_of(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that others see whole or not at all, also when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    write_whole(path, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def pack(folder: Path, archive: Path) -> None:
    """All files of a folder as an uncompressed tar whose bytes follow from names and contents alone."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    temporary = archive.with_name(f".{archive.name}.{os.getpid()}")
    with tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            entry.mode = 0o600
            with path.open("rb") as opened:
                tar.addfile(entry, opened)
    with temporary.open("rb") as opened:
        os.fsync(opened.fileno())
    temporary.replace(archive)


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks what `pack` made. Raises JobError CorruptArtifact for what is no such archive."""
    try:
        with tarfile.open(archive, "r:") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise corrupt(f"{archive.name} is no artifact: {error}") from error


def corrupt(message: str) -> JobError:
    return JobError(
        "CorruptArtifact",
        message,
        "The artifact does not match its digest or version. Roll back to another checkpoint.",
    )
