"""
Answers over HTTP with one model, as SageMaker asks a container to: GET /ping, and POST /invocations.

{"inputs": [...], "alternatives": 2} is answered by {"predictions": [{"output", "confidence", "alternatives"}]}, a fault by
{"error": {"name", "message", "mend"}} with a status other than 200. The model is loaded before anything is answered.
"""

import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from .errors import JobError, as_job_error, invalid
from .files import corrupt, sha256_of
from .run import BackEnds
from .serve import load_archive, load_folder, predictions

#: SageMaker brings no longer body, in bytes.
MOST_BYTES = 6 * 1024 * 1024
#: Alternatives where nobody says how many, and the most that may be asked for.
USUAL_ALTERNATIVES, MOST_ALTERNATIVES = 2, 1_000
#: How long a connection may be silent, in seconds.
PATIENCE = 70
#: How long one that was refused may go on sending without a pause, in seconds.
LINGER = 5

Answer = Callable[[bytes], list[dict[str, Any]]]


def model_folder() -> Path:
    """Where SageMaker puts the model."""
    return Path(os.environ.get("RATCHET_OPT_ML", "/opt/ml")) / "model"


def serve_http(folder: Path, known: BackEnds, host: str, port: int, tell: Callable[[str], None]) -> None:
    """
    Answers until it is told to end. Tells where it listens, a line of JSON; port 0 takes any that is free.
    Raises JobError ObjectMissing, CorruptArtifact, FoundationMissing.
    """
    model, labels = _load(folder, known)
    alone = threading.Lock()

    def answer(body: bytes) -> list[dict[str, Any]]:
        inputs, alternatives = _asked(body)
        # What answers is not made for two at once.
        with alone:
            return predictions(model, labels, inputs, alternatives)

    server = _Server((host, port), _handler(answer))
    # In a container nothing else ends the first process. `shutdown` waits for the loop that a signal interrupts.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    with server:
        tell(json.dumps({"host": server.server_address[0], "port": server.server_address[1]}))
        server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Who hangs up is no fault of ours.
        print(f"a connection ended: {sys.exception()!r}", file=sys.stderr)


def _load(folder: Path, known: BackEnds):
    """The model of a folder: an artifact as it was packed, under the digest that the environment names, or unpacked."""
    if (folder / "artifact.json").is_file():
        return load_folder(folder, known)
    archives = sorted(folder.glob("*.tar"))
    if len(archives) != 1:
        raise JobError(
            "ObjectMissing",
            f"{folder} holds {len(archives) or 'no'} artifacts.",
            "Put one artifact there, a .tar or what is in it.",
        )
    wanted = os.environ.get("RATCHET_ARTIFACT_SHA256", "")
    if wanted and sha256_of(archives[0]) != wanted:
        raise corrupt(f"{archives[0]} is not the artifact that its digest speaks of.")
    return load_archive(archives[0], known)


def _asked(body: bytes) -> tuple[list[str], int]:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid(f"The request is not JSON: {error}.", "Send JSON as UTF-8.") from error
    match request:
        case {"inputs": list() as inputs, **rest} if all(isinstance(one, str) for one in inputs):
            alternatives = rest.get("alternatives", USUAL_ALTERNATIVES)
            if type(alternatives) is int and 0 <= alternatives <= MOST_ALTERNATIVES:
                return inputs, alternatives
    raise invalid(
        "The request is none that is answered here.",
        f'Send {{"inputs": ["a text", ...]}}, with "alternatives" from 0 to {MOST_ALTERNATIVES} if wanted.',
    )


def _handler(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "ratchet-training"
        sys_version = ""
        timeout = PATIENCE
        disable_nagle_algorithm = True

        def do_GET(self) -> None:  # noqa: N802 - the name that the library asks for
            if self.path == "/ping":
                self._tell(200, {"status": "healthy"})
            else:
                self._refuse(404, "There is only GET /ping and POST /invocations.")

        def do_POST(self) -> None:  # noqa: N802
            length = self.headers.get("content-length", "")
            if "transfer-encoding" in self.headers or not (length.isascii() and length.isdigit()):
                return self._refuse(411, "The request does not say how long it is (Content-Length).")
            if int(length) > MOST_BYTES:
                return self._refuse(413, f"The request is longer than {MOST_BYTES} bytes.")
            body = self.rfile.read(int(length))
            if self.path != "/invocations":
                return self._refuse(404, "There is only GET /ping and POST /invocations.")
            try:
                self._tell(200, {"predictions": answer(body)})
            except JobError as error:
                self._fault(400 if error.name == "InvalidInput" else 500, error)
            except ConnectionError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever goes wrong with one request is told, and the next is answered
                self._fault(500, as_job_error(error))

        def _refuse(self, status: int, message: str) -> None:
            # What of the body was not read would be taken for the next request.
            self.close_connection = True
            self._fault(status, invalid(message, "Ask as docs/back-ends.md says."))
            # Who still sends would not see the answer of a connection that is simply closed.
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
                self.connection.settimeout(LINGER)
                left = 4 * MOST_BYTES
                while left > 0 and (part := self.rfile.read1(65_536)):
                    left -= len(part)

        def _fault(self, status: int, fault: JobError) -> None:
            self._tell(status, {"error": {"name": fault.name, "message": fault.message, "mend": fault.mend}})

        def _tell(self, status: int, value: dict[str, Any]) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if self.close_connection:
                self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            # Requests are not written down: SageMaker pings every few seconds.
            pass

    return Handler
