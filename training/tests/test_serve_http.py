import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import write_job
from counting import back_ends
from served import ask, begin, served

from ratchet_training.files import sha256_of, unpack
from ratchet_training.run import run
from ratchet_training.serve_http import MOST_BYTES


@pytest.fixture(scope="module")
def artifact(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("job") / "job-1"
    run(write_job(folder), back_ends, tell=lambda _: None)
    return folder / "output" / "models" / "served.tar"


@pytest.fixture(scope="module")
def connection(artifact, tmp_path_factory) -> Iterator[http.client.HTTPConnection]:
    root = tmp_path_factory.mktemp("opt-ml")
    (root / "model").mkdir()
    shutil.copy(artifact, root / "model")
    with served(root, RATCHET_ARTIFACT_SHA256=sha256_of(artifact)) as (open_connection, _, listening):
        assert listening["host"] == "127.0.0.1"
        yield open_connection


def test_is_healthy_and_answers_in_order_with_alternatives(connection):
    connection.request("GET", "/ping")
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())) == (200, {"status": "healthy"})
    status, answer = ask(connection, json.dumps({"inputs": ["parcel", "refund", "", "parcel"]}))
    assert status == 200
    assert [one["output"] for one in answer["predictions"]] == ["delivery", "money", None, "delivery"]
    assert [one["output"] for one in answer["predictions"][0]["alternatives"]] == ["delivery", "money"]
    assert answer["predictions"][2] == {"output": None, "confidence": 0.0, "alternatives": []}
    _, one = ask(connection, json.dumps({"inputs": ["refund"], "alternatives": 1}))
    assert [len(prediction["alternatives"]) for prediction in one["predictions"]] == [1]
    assert ask(connection, '{"inputs": []}') == (200, {"predictions": []})


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", '{"inputs": "text"}', '{"inputs": [1]}', '{"inputs": [], "alternatives": true}', "[" * 100_000, b"\xff"],
)
def test_refuses_what_is_no_request_and_answers_the_next(connection, body):
    status, answer = ask(connection, body)
    assert (status, answer["error"]["name"]) == (400, "InvalidInput")
    assert answer["error"]["mend"]
    assert ask(connection, '{"inputs": ["parcel"]}')[0] == 200


def test_refuses_a_body_that_is_too_long_or_has_no_length_and_other_paths(connection):
    # Nothing of it is read: the length that is claimed is enough.
    assert ask(connection, "{}", **{"content-length": str(MOST_BYTES + 1)})[0] == 413
    connection.close()
    assert ask(connection, "{}", **{"content-length": "-1"})[0] == 411
    connection.close()
    connection.request("POST", "/invocations", iter([b"{}"]), {"transfer-encoding": "chunked"}, encode_chunked=True)
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["error"]["name"]) == (411, "InvalidInput")
    connection.close()
    assert ask(connection, b"x" * (2 * MOST_BYTES))[0] == 413
    connection.close()
    assert ask(connection, "{}", "/elsewhere")[0] == 404
    connection.close()
    connection.request("GET", "/")
    response = connection.getresponse()
    assert (response.status, bool(response.read())) == (404, True)
    connection.close()
    assert ask(connection, '{"inputs": ["parcel"]}')[0] == 200


def test_as_a_container_serves_what_is_unpacked_to_all_and_ends_when_it_is_told(artifact, tmp_path):
    (tmp_path / "model").mkdir()
    unpack(artifact, tmp_path / "model")
    with served(tmp_path, "container", "serve", SAGEMAKER_BIND_TO_PORT="0") as (connection, process, listening):
        assert listening["host"] == "0.0.0.0"
        assert ask(connection, '{"inputs": ["refund"]}')[1]["predictions"][0]["output"] == "money"
        process.terminate()
        assert process.wait(timeout=60) == 0


def test_does_not_begin_without_the_model_that_it_is_to_serve(artifact, tmp_path):
    def said(**env: str) -> str:
        process = begin(tmp_path, "serve-http", "--port", "0", **env)
        told, errors = process.communicate(timeout=60)
        assert (process.returncode, told) == (1, "")
        return errors

    assert "ObjectMissing" in said()
    (tmp_path / "model").mkdir()
    shutil.copy(artifact, tmp_path / "model")
    assert "CorruptArtifact" in said(RATCHET_ARTIFACT_SHA256="0" * 64)
    (tmp_path / "model" / "served.tar").write_bytes(artifact.read_bytes()[:100])
    assert "CorruptArtifact" in said()
