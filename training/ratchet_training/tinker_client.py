"""The only place that knows Tinker's SDK: training, sampling and checkpoints of its server, with its faults as a job's."""

import concurrent.futures
import os
import socket
import threading
import urllib.request
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlparse

# Nobody is told what is trained here but the server itself.
os.environ.setdefault("TINKER_TELEMETRY", "0")

import tinker  # noqa: E402
from tinker import types  # noqa: E402

from .errors import JobError, invalid  # noqa: E402
from .questions import Encoded  # noqa: E402

T = TypeVar("T")

warnings.filterwarnings("ignore", category=FutureWarning, module=r"ratchet_training\.tinker_client")

#: States to go on from are removed when they are needed no more; one that a kill leaves behind ends by itself.
STATE_SECONDS = 7 * 24 * 3600
#: Adam's figures as Tinker's own guide has them.
BETAS, EPS = (0.9, 0.95), 1e-12
#: Gradients are scaled down to this norm.
MOST_NORM = 1.0
#: Requests that are under way at once.
AT_ONCE = 64


def patience() -> float:
    """How long the server may take for one thing, waiting for its turn included, in seconds."""
    return float(os.environ.get("RATCHET_TINKER_PATIENCE") or 900)


@dataclass(frozen=True)
class Written:
    tokens: list[int]
    #: Log-probability of each token.
    logs: list[float]


class Tinker:
    """A server, which TINKER_BASE_URL names or is Tinker itself, and the account whose key is TINKER_API_KEY."""

    def __init__(self) -> None:
        if not os.environ.get("TINKER_API_KEY"):
            raise invalid(
                "There is no key for Tinker.", "Set it: export TINKER_API_KEY=tml-… (https://tinker-console.thinkingmachines.ai)."
            )
        self._service: tinker.ServiceClient | None = None
        self._rest: tinker.RestClient | None = None

    def check(self, base_model: str) -> None:
        """Raises JobError FoundationMissing, naming what is offered, for a base model that is not, or no longer."""
        told = self.ask(lambda: self._rest_client().get_server_capabilities().result(patience()))
        offered = sorted(one.model_name for one in told.supported_models if one.model_name and one.trainable is not False)
        if base_model not in offered:
            raise JobError(
                "FoundationMissing",
                f"Tinker does not offer {base_model!r}, or no longer.",
                "Create the model anew with another foundation (ratchet create --foundation NAME). It offers: "
                f"{', '.join(offered[:60]) or 'none'}.",
            )

    def training(self, base_model: str, rank: int, seed: int) -> "Training":
        """A new low-rank adapter of a base model."""
        return Training(
            self,
            self.ask(
                lambda: self._service_client()
                .create_lora_training_client(base_model=base_model, rank=rank, seed=seed % 2**31)
                .result(patience())
            ),
        )

    def resumed(self, base_model: str, rank: int, seed: int, state: str) -> "Training | None":
        """The adapter that a state holds, its optimiser with it; None where the server has it no more."""
        training = self.training(base_model, rank, seed)
        try:
            # The newer way to say this is not known to the open server, and this one is there in the pinned version.
            self.ask(lambda: training.client.load_state_with_optimizer(state).result(patience()))
        except (Gone, Refused):
            return None
        return training

    def sampler(self, path: str) -> "Sampler":
        """What answers with saved weights. Raises JobError CorruptArtifact where the server has them no more."""
        try:
            return Sampler(
                self,
                self.ask(lambda: self._service_client().create_sampling_client(model_path=path).result(patience())),
            )
        except Gone as error:
            raise JobError(
                "CorruptArtifact",
                f"Tinker has the weights {path} no more.",
                "Roll back to another checkpoint, or train anew: ratchet run.",
            ) from error

    def delete(self, path: str) -> None:
        """Removes a checkpoint; one that is gone, or cannot be removed now, ends by itself."""
        with suppress(JobError, Gone, Refused):
            self.ask(lambda: self._rest_client().delete_checkpoint_from_tinker_path(path).result(60))

    def download(self, path: str, folder: Path) -> None:
        """Puts the files of weights that were saved to be taken away into a folder."""
        urls = self.ask(lambda: self._rest_client().get_external_weights_urls(path).result(patience())).urls
        for name, url in urls.items():
            target = folder / Path(name).name
            folder.mkdir(parents=True, exist_ok=True)
            with _Faults(), urllib.request.urlopen(url, timeout=patience()) as opened, target.open("wb") as file:
                while chunk := opened.read(1 << 20):
                    file.write(chunk)

    def close(self) -> None:
        if self._service is not None:
            with suppress(Exception):
                self._service.close().result(5)

    def _service_client(self) -> tinker.ServiceClient:
        self._service = self._service or tinker.ServiceClient()
        return self._service

    def _rest_client(self) -> tinker.RestClient:
        # Named, since the SDK keeps one such client a process for what is not, whatever the environment says by then.
        self._rest = self._rest or tinker.RestClient(
            base_url=os.environ.get("TINKER_BASE_URL") or None, api_key=os.environ["TINKER_API_KEY"]
        )
        return self._rest

    def ask(self, what: Callable[[], T]) -> T:
        """The answer of the server within our patience; the SDK's own is five minutes for each call."""
        with _Faults():
            return _within(patience(), what)


class Training:
    """An adapter that is being trained."""

    def __init__(self, server: Tinker, client: Any) -> None:
        self._server = server
        self.client = client

    def step(self, batch: Sequence[Encoded], rate: float) -> float:
        """One step; returns the loss before it, the mean over the tokens of the answers."""
        data = [_datum(one) for one in batch]

        def both() -> Any:
            # Submitted together, so that the server has no pause between them.
            passed = self.client.forward_backward(data, "cross_entropy")
            stepped = self.client.optim_step(
                types.AdamParams(
                    learning_rate=rate, beta1=BETAS[0], beta2=BETAS[1], eps=EPS, grad_clip_norm=MOST_NORM
                )
            )
            made = passed.result(patience())
            stepped.result(patience())
            return made

        outputs = self._server.ask(both).loss_fn_outputs
        logs = [output["logprobs"].tolist()[-one.answer :] for output, one in zip(outputs, batch, strict=True)]
        return -sum(map(sum, logs)) / max(1, sum(map(len, logs)))

    def save_state(self, name: str) -> str:
        return self._server.ask(
            lambda: self.client.save_state(name, ttl_seconds=STATE_SECONDS, overwrite=True).result(patience()).path
        )

    def save_for_sampling(self, name: str, seconds: int | None) -> str:
        """@seconds how long the server keeps them; None for ever."""
        return self._server.ask(
            lambda: self.client.save_weights_for_sampler(name, ttl_seconds=seconds).result(patience()).path
        )

    def archive(self, name: str, folder: Path) -> bool:
        """Puts the adapter's files into a folder; False where the server gives none."""
        try:
            path = self._server.ask(
                lambda: self.client.save_weights_external(name, ttl_seconds=STATE_SECONDS).result(patience()).path
            )
        except (Gone, Refused):
            return False
        self._server.download(path, folder)
        self._server.delete(path)
        return True


class Sampler:
    """Saved weights that answer."""

    def __init__(self, server: Tinker, client: Any) -> None:
        self._server = server
        self._client = client
        #: Tokens of what was asked, whatever of it the server still had, and tokens that it made.
        self.prefilled = 0
        self.sampled = 0

    def write(self, prompts: Sequence[list[int]], most: int, end: list[int]) -> list[Written]:
        """The likeliest tokens after each prompt, each time; up to an end, which is left out of none of the logs."""
        asked = types.SamplingParams(max_tokens=most, temperature=0.0, stop=end or None, seed=0)

        def ask(prompt: list[int]) -> Any:
            return self._client.sample(types.ModelInput.from_ints(prompt), num_samples=1, sampling_params=asked)

        made = [answer.sequences[0] for answer in self._all(ask, prompts)]
        self._count(map(len, prompts), (len(one.tokens) for one in made))
        return [Written(list(one.tokens), list(one.logprobs or [])) for one in made]

    def scores(self, encoded: Sequence[Encoded]) -> list[float]:
        """Log-probability of each answer after its question."""

        def ask(one: Encoded) -> Any:
            return self._client.compute_logprobs(types.ModelInput.from_ints(one.tokens))

        made = self._all(ask, encoded)
        # The client has no other way to ask for probabilities than with one token to be made.
        self._count((len(one.tokens) for one in encoded), (1 for _ in encoded))
        return [sum(log or 0.0 for log in logs[-one.answer :]) for logs, one in zip(made, encoded, strict=True)]

    def _count(self, prefilled: Iterable[int], sampled: Iterable[int]) -> None:
        self.prefilled += sum(prefilled)
        self.sampled += sum(sampled)

    def _all(self, ask: Callable[[Any], Any], of: Sequence[Any]) -> list[Any]:
        def some(part: Sequence[Any]) -> list[Any]:
            return [one.result(patience()) for one in [ask(each) for each in part]]

        made: list[Any] = []
        for at in range(0, len(of), AT_ONCE):
            part = of[at : at + AT_ONCE]
            try:
                made += self._server.ask(lambda part=part: some(part))
            except Gone as error:
                raise unreachable(f"Tinker has forgotten what answers: {error}") from error
        return made


class Gone(Exception):
    """What was asked for is not there."""


class Refused(Exception):
    """The server does not do what was asked for."""


def sdk_version() -> str:
    return version("tinker")


def unreachable(message: str) -> JobError:
    return JobError(
        "TrainingFailed",
        message[:1_000],
        "See whether the network and Tinker are there (https://status.thinkingmachines.ai, TINKER_BASE_URL), and give the "
        "same command again: what was trained up to the last checkpoint is kept.",
    )


def _datum(one: Encoded) -> types.Datum:
    """Each token but the first is to be told from those before it; what is asked weighs nothing."""
    wanted = len(one.tokens) - 1
    answer = min(one.answer, wanted)
    return types.Datum(
        model_input=types.ModelInput.from_ints(one.tokens[:-1]),
        loss_fn_inputs={"target_tokens": one.tokens[1:], "weights": [0.0] * (wanted - answer) + [1.0] * answer},
    )


def _within(seconds: float, what: Callable[[], T]) -> T:
    """In a thread that nobody waits for at the end: a call of the SDK goes on trying for minutes."""
    made: concurrent.futures.Future[T] = concurrent.futures.Future()

    def work() -> None:
        try:
            made.set_result(what())
        except BaseException as error:  # noqa: BLE001 - told to who waits
            made.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return made.result(seconds)


class _Faults:
    """Turns what the SDK raises into a job's fault, Gone or Refused."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _trace: Any) -> None:
        if error is None or isinstance(error, (JobError, Gone, Refused)) or not isinstance(error, Exception):
            return
        raise _fault_of(error) from error


def _fault_of(error: Exception) -> Exception:
    text = f"{type(error).__name__}: {error}"[:600]
    match error:
        case tinker.AuthenticationError() | tinker.PermissionDeniedError():
            return invalid(f"Tinker refuses the key: {text}", "Set TINKER_API_KEY to a key that may train, then try again.")
        case tinker.NotFoundError():
            return Gone(text)
        case tinker.BadRequestError() | tinker.UnprocessableEntityError():
            return Refused(text)
        case tinker.RateLimitError():
            return unreachable(f"Tinker has no room for more requests: {text}")
        case tinker.RequestFailedError():
            return Gone(text) if "not found" in text.lower() else unreachable(f"Tinker could not do it: {text}")
        case tinker.APIError() | TimeoutError() | concurrent.futures.TimeoutError() | OSError():
            return unreachable(_why_silent(text))
        case tinker.TinkerError():
            return invalid(f"Tinker cannot be used: {text}", "Correct TINKER_API_KEY and TINKER_BASE_URL, then try again.")
    return error


def _why_silent(text: str) -> str:
    """Whether nobody is there, or somebody who does not answer in time."""
    url = urlparse(os.environ.get("TINKER_BASE_URL") or "https://tinker.thinkingmachines.dev")
    place = (url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    try:
        socket.create_connection(place, timeout=5).close()
    except OSError as error:
        return f"Tinker cannot be reached at {place[0]}: {error}"
    return f"Tinker has not answered within {patience():.0f} s, or has no room: {text}"

