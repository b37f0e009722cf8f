"""The command line: run a job, serve models, tell what is installed, be a SageMaker container."""

import argparse
import contextlib
import json
import os
import platform
import sys
import threading
from pathlib import Path

from . import __version__
from .back_ends import back_ends
from .errors import JobError
from .run import BackEnds, Busy, run
from .serve import serve, stdin_lines
from .serve_http import model_folder, serve_http

#: Exit codes beside 0 for done; whoever runs a job reads error.json for the rest.
FAILED, BUSY, ORPHANED = 1, 73, 75


def main(arguments: list[str] | None = None, known: BackEnds = back_ends) -> int:
    parser = argparse.ArgumentParser(prog="ratchet-training")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run the job of a folder")
    running.add_argument("folder", type=Path)
    running.add_argument("--output", type=Path, help="where what it makes goes; FOLDER/output by default")
    running.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    commands.add_parser("serve", help="answer requests, a line of JSON each, on standard input")
    serving = commands.add_parser("serve-http", help="answer over HTTP with the model of a folder")
    serving.add_argument("--model", type=Path, default=model_folder(), help="/opt/ml/model by default")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8080)
    commands.add_parser("describe", help="tell versions and the device, as JSON")
    commands.add_parser("train", help="what a SageMaker training container is asked for")
    options = parser.parse_args(arguments)
    # Libraries print what they like; what Ratchet reads has a stream of its own.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with contextlib.redirect_stdout(sys.stderr):
        os.dup2(2, 1)

        def tell(line: str) -> None:
            lines.write(line + "\n")
            lines.flush()

        if options.command == "serve":
            serve(stdin_lines(), tell, known)
            return 0
        if options.command == "serve-http":
            try:
                serve_http(options.model, known, options.host, options.port, tell)
            except JobError as error:
                print(f"{error.name}: {error.message}\n{error.mend}", file=sys.stderr)
                return FAILED
            return 0
        if options.command == "describe":
            tell(json.dumps(describe(known)))
            return 0
        if options.command == "train":
            from .sagemaker import train

            return train(known, tell)
        if options.with_parent:
            end_with_parent()
        try:
            run(options.folder, known, options.output, tell)
        except Busy:
            return BUSY
        except JobError as error:
            print(f"{error.name}: {error.message}\n{error.mend}", file=sys.stderr)
            return FAILED
        return 0


def describe(known: BackEnds) -> dict[str, object]:
    """What is installed: back ends that can be loaded, with versions and the device."""
    told: dict[str, object] = {"python": platform.python_version(), "ratchet-training": __version__}
    for name, make in known.items():
        try:
            back_end = make()
            told[name] = {"versions": back_end.versions(), "device": back_end.device()}
        except ImportError as error:
            told[name] = {"missing": str(error)}
    return told


def end_with_parent() -> None:
    """A job ends with whoever began it, however that ends; its next attempt goes on from the last checkpoint."""

    def watch() -> None:
        # Not by sys.stdin, whose lock a thread must not hold when Python ends.
        while os.read(0, 4_096):
            pass
        os._exit(ORPHANED)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
