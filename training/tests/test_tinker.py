"""The real client against the real open server that speaks Tinker's API, with a decoder of a few weights that knows nothing."""

import json
import os
import signal
import socket
import subprocess
import tarfile
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import write_job

pytest.importorskip("tinker")

SERVER = os.environ.get("RATCHET_TINKER_SERVER_PYTHON", str(Path(__file__).parents[2] / ".tinker" / "bin" / "python"))
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not Path(SERVER).exists(), reason="no server: .ci/install-tinker"),
]

from ratchet_training.back_ends import back_ends  # noqa: E402
from ratchet_training.errors import JobError  # noqa: E402
from ratchet_training.files import sha256_of  # noqa: E402
from ratchet_training.questions import Questions  # noqa: E402
from ratchet_training.run import run  # noqa: E402
from ratchet_training.serve import serve  # noqa: E402
from ratchet_training.written import written  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

TESTS = Path(__file__).parent
ANSWERS = {
    "the parcel is late": {"queue": "delivery"},
    "money back please": {"queue": "refund"},
    "two eggs": {"reasoning": "1+1", "answer": "2"},
}
LABELS = ["delivery", "refund"]


class Server:
    """A server on a port of its own, which can be begun anew over the same folder."""

    def __init__(self, folder: Path) -> None:
        self.model = folder / "tiny-llama"
        self._folder = folder
        texts = json.dumps([*ANSWERS, *map(json.dumps, ANSWERS.values()), *LABELS])
        make = "import json, sys; from pathlib import Path; from foundations import tiny_llama; tiny_llama(Path(sys.argv[1]), json.loads(sys.argv[2]))"
        subprocess.run([SERVER, "-c", make, str(self.model), texts], cwd=TESTS, check=True, stderr=subprocess.DEVNULL)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        env = {
            **os.environ,
            "HF_HUB_OFFLINE": "1",
            "JAX_PLATFORMS": "cpu",
            "OMP_NUM_THREADS": "1",
            "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
            "JAX_COMPILATION_CACHE_DIR": str(Path(SERVER).parents[1] / "compiled"),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        }
        log = (self._folder / "log.txt").open("ab")
        command = [SERVER, str(TESTS / "tinker_server.py"), str(self.model), str(self._folder / "kept"), str(self.port)]
        self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 600
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/api/v1/healthz", timeout=5).close()
                return
            except OSError:
                assert self._process.poll() is None, (self._folder / "log.txt").read_text()[-2_000:]
                time.sleep(0.5)
        raise AssertionError("the server does not come")

    def stop(self) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)

    def checkpoints(self) -> list[str]:
        """Of all trainings: kind and name."""
        runs = self._get("training_runs")["training_runs"]
        kept = [one for run in runs for one in self._get(f"training_runs/{run['training_run_id']}/checkpoints")["checkpoints"]]
        kinds = {"training": "weights", "sampler": "sampler_weights"}
        return sorted(f"{kinds[one['checkpoint_type']]}/{one['checkpoint_id']}" for one in kept)

    def _get(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", timeout=60) as opened:
            return json.load(opened)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("tinker"))
    os.environ.update(TINKER_BASE_URL=made.url, TINKER_API_KEY="tml-of-nobody")
    yield made
    made.stop()


def writing_job(folder: Path, server: Server, **changes) -> Path:
    model = str(server.model)
    configuration = {
        "foundation": model,
        "tokenizer": "",
        "epochs": 50,
        "batchSize": 4,
        "rate": 1e-2,
        "rank": 8,
        "maxTokens": 64,
        "maxNewTokens": 24,
        "usdPerMillionTokens": 10,
        "usdPerMillionPrefilled": 2,
        "usdPerMillionSampled": 5,
        **changes.pop("configuration", {}),
    }
    items = [{"id": str(at), "input": text, "expected": ANSWERS[text]} for at, text in enumerate(ANSWERS)]
    return write_job(
        folder,
        [{"input": text, "output": output} for text, output in ANSWERS.items()],
        {"known": [*items, {"id": "none", "input": " "}]},
        backEnd="tinker",
        task={"kind": "generation", "checker": "json"},
        models=[{"name": "served", "heldOut": None}],
        foundation=configuration["foundation"],
        configuration=configuration,
        **changes,
    )


def test_learns_what_to_write_and_leaves_what_answers_and_nothing_else(folder, server):
    losses = []
    job = writing_job(folder, server, checkpointSeconds=3600)
    run(job, back_ends, tell=lambda line: losses.append(json.loads(line)["loss"]))
    manifest = json.loads((folder / "output" / "manifest.json").read_text())
    [model] = manifest["models"]
    assert model["finalLoss"] < losses[0] / 4
    assert model["metrics"]["known"] == {"metric": "same answer", "value": 1.0, "of": 3}
    usage = model["usage"]
    tokenizer = AutoTokenizer.from_pretrained(str(server.model))
    asked = Questions(tokenizer, None, 64, 24)
    assert usage["read"] == sum(len(asked.unanswered(text)) for text in ANSWERS)
    # What ends an answer is written too.
    assert usage["written"] == sum(asked.with_answer(text, written(output)).answer for text, output in ANSWERS.items())
    assert usage["usd"] == pytest.approx((usage["tokens"] * 10 + usage["read"] * 2 + usage["written"] * 5) / 1e6, abs=1e-6)
    assert manifest["versions"]["tinker"] == "0.38.0"
    lines = (folder / "output" / "predictions" / "served" / "known.jsonl").read_text().splitlines()
    *answers, none = [json.loads(line) for line in lines]
    assert [one["output"] for one in answers] == list(ANSWERS.values())
    assert all(0.4 < one["confidence"] <= 1 for one in answers)
    assert none == {"id": "none", "output": None, "confidence": 0.0}
    # The states to go on from are gone, and what was taken away.
    assert server.checkpoints() == ["sampler_weights/served"]
    assert "tml-of-nobody" not in "".join(path.read_text(errors="ignore") for path in folder.rglob("*") if path.is_file())
    assert adapts(folder / "output" / "models" / "served.tar", server, folder / "unpacked")


def adapts(artifact: Path, server: Server, folder: Path) -> bool:
    """Whether the adapter of an artifact loads in PEFT and changes what the foundation says."""
    with tarfile.open(artifact) as tar:
        tar.extractall(folder, filter="data")
    script = (
        "import sys, torch; from peft import PeftModel; from transformers import AutoModelForCausalLM as A; "
        "ids = torch.arange(20).unsqueeze(0); plain = A.from_pretrained(sys.argv[1])(ids).logits; "
        "tuned = PeftModel.from_pretrained(A.from_pretrained(sys.argv[1]), sys.argv[2])(ids).logits; "
        "print(float((tuned - plain).abs().max()))"
    )
    command = [SERVER, "-c", script, str(server.model), str(folder / "adapter")]
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    said = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    return float(said.split()[-1]) > 0.1


class Killed(BaseException):
    pass


def test_goes_on_from_its_last_state_when_it_was_killed_and_the_server_was_begun_anew(folder, server):
    def kill(line: str) -> None:
        if json.loads(line)["done"] >= 4:
            raise Killed

    job = {"checkpointSeconds": 0, "configuration": {"epochs": 10}}
    with pytest.raises((Killed, JobError)):
        run(writing_job(folder, server, **job), back_ends, tell=kill)
    kept = json.loads((folder / "output" / "checkpoints" / "served.checkpoint").read_text())
    assert kept["state"].startswith("tinker://")
    assert [one for one in server.checkpoints() if one.startswith("weights/")] == [f"weights/step-{kept['step']}"]
    server.stop()
    server.start()
    told = []
    run(folder, back_ends, tell=lambda line: told.append(json.loads(line)))
    assert told[0]["done"] == kept["step"] + 1
    manifest = json.loads((folder / "output" / "manifest.json").read_text())
    assert (manifest["attempts"], manifest["models"][0]["steps"]) == (2, 10)
    assert not [one for one in server.checkpoints() if one.startswith("weights/")]


def test_begins_anew_where_the_server_has_the_state_no_more(folder, server):
    writing_job(folder, server, checkpointSeconds=60, configuration={"epochs": 4})
    checkpoint = folder / "output" / "checkpoints" / "served.checkpoint"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_text(
        json.dumps({"step": 3, "state": "tinker://nobody/weights/step-3", "losses": [1, 1, 1], "tokens": 9})
    )
    told = []
    run(folder, back_ends, tell=lambda line: told.append(json.loads(line)["done"]))
    assert told[0] == 1


def test_chooses_among_labels(folder, server):
    texts = {"the parcel is late": "delivery", "money back please": "refund"}
    asked = writing_job(folder / "a", server, configuration={"epochs": 1})
    configuration = json.loads((asked / "job.json").read_text())["configuration"] | {"epochs": 30}
    write_job(
        folder,
        [{"input": text, "output": label} for text, label in texts.items()],
        {"known": [{"id": label, "input": text, "expected": label} for text, label in texts.items()]},
        backEnd="tinker",
        task={"kind": "classification", "labels": LABELS},
        models=[{"name": "served", "heldOut": None}],
        foundation=configuration["foundation"],
        configuration=configuration,
    )
    run(folder, back_ends, tell=lambda _: None)
    [model] = json.loads((folder / "output" / "manifest.json").read_text())["models"]
    assert model["metrics"]["known"]["value"] == 1.0
    questions = Questions(AutoTokenizer.from_pretrained(str(server.model)), LABELS, 64, 24)
    every = [questions.with_answer(text, label) for text in texts for label in LABELS]
    # Each label is asked for, by as many questions, with a token that is made beside.
    assert model["usage"]["read"] == sum(len(one.tokens) for one in every)
    assert model["usage"]["written"] == len(every)
    path = folder / "output" / "models" / "served.tar"
    asked = {"artifact": {"path": str(path), "sha256": sha256_of(path)}, "inputs": [*texts, " "], "alternatives": 2}
    told: list[dict] = []
    serve([json.dumps({"id": 1, **asked}), json.dumps({"id": 2, **asked})], lambda line: told.append(json.loads(line)), back_ends)
    usage = [one["usage"] for one in told if "usage" in one]
    read = model["usage"]["read"]
    assert usage == [
        {"inputTokens": read, "outputTokens": 4, "usd": pytest.approx((read * 2 + 4 * 5) / 1e6)},
    ] * 2


def test_names_what_is_offered_where_a_base_model_is_not(folder, server):
    with pytest.raises(JobError) as caught:
        run(writing_job(folder, server, configuration={"foundation": "meta-llama/Retired"}), back_ends, tell=lambda _: None)
    assert caught.value.name == "FoundationMissing"
    assert "meta-llama/Retired" in caught.value.message
    assert str(server.model) in caught.value.mend
