"""What training starts from."""

import hashlib
from pathlib import Path

from .files import sha256_of


def weights_digest(name: str) -> str | None:
    """Of a directory's weights, all files of them; None of a hub's model, which its name tells."""
    files = sorted(Path(name).glob("*.safetensors")) if Path(name).is_dir() else []
    if not files:
        return None
    if len(files) == 1:
        return sha256_of(files[0])
    return hashlib.sha256("".join(sha256_of(path) for path in files).encode()).hexdigest()
