"""What the image runs: SageMaker starts it with `train` or `serve`, and reaches a model that serves from outside it."""

import os
import signal
import sys

from .__main__ import main
from .back_ends import back_ends
from .run import BackEnds


#: As a shell tells of one that the signal ended.
TERMINATED = 128 + signal.SIGTERM


def container(arguments: list[str], known: BackEnds = back_ends) -> int:
    # The first process of a container hears no signal that it does not handle: a stopped job would be paid until it is killed.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(TERMINATED))
    if arguments[:1] == ["serve"]:
        port = os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080")
        arguments = ["serve-http", "--host", "0.0.0.0", "--port", port]
    return main(arguments, known)


if __name__ == "__main__":
    sys.exit(container(sys.argv[1:]))
