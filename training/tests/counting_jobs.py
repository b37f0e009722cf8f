"""The command line of the package with the tests' own back end, for tests that need a process."""

import sys
from pathlib import Path

here = Path(__file__).parent
sys.path[:0] = [str(here), str(here.parent)]

from counting import back_ends  # noqa: E402

from ratchet_training.container import container  # noqa: E402
from ratchet_training.__main__ import main  # noqa: E402

arguments = sys.argv[1:]
sys.exit(container(arguments[1:], back_ends) if arguments[:1] == ["container"] else main(arguments, back_ends))
