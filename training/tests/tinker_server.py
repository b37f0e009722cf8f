"""
The open server that speaks Tinker's API, SkyRL's, on a processor. Runs in its own environment (.ci/install-tinker):
    python tinker_server.py MODEL FOLDER PORT

Training, sampling and checkpoints are SkyRL's own. Version 0.4.0 is some releases behind the client, so this adds what
the client asks for beyond it: ids of sampled sequences, the kind of a checkpoint in its path, and weights to take away.
"""

import json
import re
import sys
import tarfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import skyrl.tinker.api as api
import uvicorn
from fastapi import HTTPException, Response
from skyrl.tinker.config import EngineConfig, config_to_argv
from starlette.datastructures import MutableHeaders

PREFIX = "/api/v1/"
SAVES = {"save_weights_for_sampler": "sampler_weights", "save_weights_external": "external_weights"}


class BesideTheClient:
    """Rewrites the JSON of a few requests and answers; all else goes through as it is."""

    def __init__(self, app) -> None:
        self._app = app
        #: By the id of the promise of a save: the path that its checkpoint has for the client, and how it is called there.
        self._saved: dict[str, tuple[str, str]] = {}

    async def __call__(self, scope, receive, send) -> None:
        if scope.get("method") == "DELETE":
            kept = scope["path"].replace("/external_weights/", "/sampler_weights/")
            return await self._app({**scope, "path": kept, "raw_path": kept.encode()}, receive, send)
        name = scope.get("path", "").removeprefix(PREFIX)
        if scope["type"] != "http" or name not in {"asample", "retrieve_future", *SAVES}:
            return await self._app(scope, receive, send)
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        asked = json.loads(body)
        if name == "save_weights_external":
            asked = {key: asked.get(key) for key in ("model_id", "path", "seq_id")}
            body = json.dumps(asked).encode()
            target = f"{PREFIX}save_weights_for_sampler"
            headers = MutableHeaders(raw=list(scope["headers"]))
            headers["content-length"] = str(len(body))
            scope = {**scope, "path": target, "raw_path": target.encode(), "headers": headers.raw}
        sent = False

        async def once():
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        start: dict = {}
        answer = b""

        async def changed(message) -> None:
            nonlocal start, answer
            if message["type"] == "http.response.start":
                start = message
                return
            answer += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(raw=list(start["headers"]))
            if start["status"] == 200 and headers.get("content-type", "").startswith("application/json"):
                answer = json.dumps(self._answer(name, asked, json.loads(answer))).encode()
                headers["content-length"] = str(len(answer))
            await send({**start, "headers": headers.raw})
            await send({"type": "http.response.body", "body": answer})

        await self._app(scope, once, changed)

    def _answer(self, name: str, asked: dict, told: dict) -> dict:
        if name == "asample":
            count = asked.get("num_samples") or 1
            return {**told, "sample_sequence_ids": [f"{told['request_id']}-{at}" for at in range(count)]}
        if name in SAVES and asked.get("path"):
            self._saved[told["request_id"]] = (f"tinker://{asked['model_id']}/{SAVES[name]}/{asked['path']}", name)
        if name == "retrieve_future" and told.get("path") and asked.get("request_id") in self._saved:
            path, kind = self._saved[asked["request_id"]]
            return {**told, "path": path, "type": kind}
        return told


def archive(model: str, name: str) -> tarfile.TarFile:
    file = api.app.state.engine_config.checkpoints_base / model / "sampler_weights" / f"{name}.tar.gz"
    if not file.exists():
        raise HTTPException(404, "no such checkpoint")
    return tarfile.open(file)


@api.app.get(PREFIX + "training_runs/{model}/checkpoints/external_weights/{name}/external_weights_urls")
async def external_weights(model: str, name: str, request: api.Request):
    with archive(model, name) as tar:
        files = [re.sub(r"^\./", "", member.name) for member in tar.getmembers() if member.isfile()]
    expires = datetime.now(timezone.utc) + timedelta(hours=1)
    return {
        "urls": {file: f"{request.base_url}files/{model}/{name}/{file}" for file in files},
        "expires": expires.isoformat(),
    }


@api.app.get("/files/{model}/{name}/{file:path}")
async def file_of(model: str, name: str, file: str):
    with archive(model, name) as tar:
        [member] = [one for one in tar.getmembers() if re.sub(r"^\./", "", one.name) == file]
        return Response(tar.extractfile(member).read(), media_type="application/octet-stream")


def main(model: str, folder: Path, port: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # It would be begun by `uv run`, which wants a project and a network.
    api._build_uv_run_cmd_engine = lambda _parent, config: [
        sys.executable, "-m", "skyrl.tinker.engine", *config_to_argv(config)
    ]
    api.app.state.engine_config = EngineConfig(
        base_model=model,
        backend="jax",
        backend_config={"max_lora_adapters": 8, "max_lora_rank": 8, "train_micro_batch_size": 4},
        checkpoints_base=folder / "checkpoints",
        database_url=f"sqlite:///{folder / 'tinker.db'}",
        # On a busy machine heartbeats come late, and a session that is taken for dead loses its model.
        session_timeout_sec=3600,
    )
    uvicorn.run(BesideTheClient(api.app), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
