"""Processes that serve a model over HTTP, and what they are asked."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent
#: The package with the tests' own back end, and as the image has it.
COUNTING = [sys.executable, str(TESTS / "counting_jobs.py")]
CONTAINER = [sys.executable, "-m", "ratchet_training.container"]


def begin(root: Path, *arguments: str, command: list[str] = COUNTING, **env: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*command, *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS.parent), "RATCHET_OPT_ML": str(root), **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(
    root: Path, *arguments: str, command: list[str] = COUNTING, **env: str
) -> Iterator[tuple[http.client.HTTPConnection, subprocess.Popen, dict]]:
    process = begin(root, *(arguments or ("serve-http", "--port", "0")), command=command, **env)
    try:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        listening = json.loads(line)
        yield http.client.HTTPConnection("127.0.0.1", listening["port"], timeout=60), process, listening
    finally:
        process.kill()
        process.wait()


def ask(
    connection: http.client.HTTPConnection, body: bytes | str, path: str = "/invocations", **headers: str
) -> tuple[int, dict]:
    connection.request("POST", path, body, {"content-type": "application/json", **headers})
    response = connection.getresponse()
    assert response.getheader("content-type") == "application/json"
    return response.status, json.loads(response.read())
