"""
A SageMaker training container: the job lies in the channel `job`, and what it makes goes where SageMaker copies checkpoints
to S3 from, file by file, so that a later attempt finds it and Ratchet sees how far it is.
"""

import os
from collections.abc import Callable
from pathlib import Path

from .errors import JobError
from .run import BackEnds, run

#: What SageMaker tells of a failure; longer texts are cut there.
MOST_CHARACTERS = 1_000


def train(known: BackEnds, tell: Callable[[str], None]) -> int:
    """Returns the container's exit code."""
    root = Path(os.environ.get("RATCHET_OPT_ML", "/opt/ml"))
    try:
        run(root / "input" / "data" / "job", known, root / "checkpoints", tell)
    except JobError as error:
        failure = root / "output" / "failure"
        failure.parent.mkdir(parents=True, exist_ok=True)
        failure.write_text(f"{error.name}: {error.message} {error.mend}"[:MOST_CHARACTERS], encoding="utf-8")
        return 1
    return 0
