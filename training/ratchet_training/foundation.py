"""What training starts from."""

import hashlib
from pathlib import Path

from .errors import foundation_missing
from .files import sha256_of


def check_location(name: str) -> None:
    """Raises JobError FoundationMissing for what can only be a folder and is none."""
    if name.startswith(("/", "./", "../", "~")) and not Path(name).is_dir():
        raise foundation_missing(name, "there is no such folder")


def weights_digest(name: str) -> str | None:
    """Of a directory's weights, all files of them; None of a hub's model, which its name tells."""
    files = sorted(Path(name).glob("*.safetensors")) if Path(name).is_dir() else []
    if not files:
        return None
    if len(files) == 1:
        return sha256_of(files[0])
    return hashlib.sha256("".join(sha256_of(path) for path in files).encode()).hexdigest()
