"""What is told where Tinker is not there, refuses, or has no room: the real client, and servers that say one thing to all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import write_job

pytest.importorskip("tinker")

from ratchet_training.back_ends import back_ends  # noqa: E402
from ratchet_training.errors import JobError  # noqa: E402
from ratchet_training.run import run  # noqa: E402

CONFIGURATION = {
    "foundation": "meta-llama/Llama-3.2-3B",
    "tokenizer": "",
    "epochs": 1,
    "batchSize": 4,
    "rate": 1e-3,
    "rank": 8,
    "maxTokens": 128,
    "maxNewTokens": 32,
}


@contextmanager
def saying(status: int) -> Iterator[str]:
    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"detail": "no"}')

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Says)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def fault_of(folder, **changes) -> JobError:
    configuration = {**CONFIGURATION, **changes.pop("configuration", {})}
    asked = {"backEnd": "tinker", "foundation": configuration["foundation"], "configuration": configuration, **changes}
    with pytest.raises(JobError) as caught:
        run(write_job(folder, **asked), back_ends, tell=lambda _: None)
    return caught.value


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("TINKER_API_KEY", "tml-not-a-key")
    monkeypatch.setenv("RATCHET_TINKER_PATIENCE", "3")


def test_says_that_a_key_is_missing(folder, monkeypatch):
    monkeypatch.delenv("TINKER_API_KEY")
    fault = fault_of(folder)
    assert fault.name == "InvalidInput"
    assert "TINKER_API_KEY" in fault.mend


def test_says_that_a_key_is_none_or_refused(folder, monkeypatch):
    # This is answered at once, however long a busy machine takes to ask.
    monkeypatch.setenv("RATCHET_TINKER_PATIENCE", "300")
    with saying(401) as url:
        monkeypatch.setenv("TINKER_BASE_URL", url)
        fault = fault_of(folder)
        assert (fault.name, "TINKER_API_KEY" in fault.mend) == ("InvalidInput", True)
        assert "tml-not-a-key" not in fault.message
        monkeypatch.setenv("TINKER_API_KEY", "sk-of-somebody-else")
        fault = fault_of(folder)
        assert (fault.name, "tml-" in fault.message) == ("InvalidInput", True)
        assert "sk-of-somebody-else" not in fault.message


def test_asks_the_server_that_is_named_now(folder, monkeypatch):
    monkeypatch.setenv("RATCHET_TINKER_PATIENCE", "300")
    for status, name in ((200, "TrainingFailed"), (401, "InvalidInput")):
        with saying(status) as url:
            monkeypatch.setenv("TINKER_BASE_URL", url)
            assert fault_of(folder.parent / str(status)).name == name


def test_says_that_nobody_is_there_and_that_another_try_may_help(folder, monkeypatch):
    monkeypatch.setenv("TINKER_BASE_URL", "http://127.0.0.1:9")
    fault = fault_of(folder)
    assert fault.name == "TrainingFailed"
    assert "cannot be reached at 127.0.0.1" in fault.message
    assert "is kept" in fault.mend


@pytest.mark.parametrize("status", [429, 503])
def test_waits_no_longer_than_it_may_where_there_is_no_room(folder, monkeypatch, status):
    with saying(status) as url:
        monkeypatch.setenv("TINKER_BASE_URL", url)
        fault = fault_of(folder)
    assert fault.name == "TrainingFailed"
    assert "no room" in fault.message


def test_refuses_what_it_cannot_train_before_it_asks_anybody(folder):
    assert "maxTokens" in fault_of(folder, task={"kind": "generation"}, configuration={"maxNewTokens": 100}).mend
    assert "extraction" in fault_of(folder / "b", task={"kind": "extraction"}).message
    fault = fault_of(folder / "c", configuration={"rank": 0})
    assert (fault.name, "configuration" in fault.message) == ("InvalidInput", True)
