"""What a job has to be for a decoder to learn it, whoever trains it."""

from typing import Any

import jsonschema

from .errors import invalid
from .job import Job


def check_decoder_job(job: Job, trainer: str, configuration: dict[str, Any], usual_new_tokens: int = 0) -> None:
    """
    :param configuration: JSON Schema of the trainer's configuration
    :param usual_new_tokens: tokens of an answer that is written, at most, where the job does not say
    :raises JobError: InvalidInput
    """
    for one in jsonschema.Draft202012Validator(configuration).iter_errors(job.configuration):
        raise invalid(f"configuration: {one.message}")
    match job.task["kind"]:
        case "classification":
            for example in job.examples:
                if example.output not in job.task["labels"]:
                    told = str(example.output)[:120]
                    raise invalid(f"An example has an output that the task does not know: {told}.")
        case "generation":
            new_tokens = job.configuration.get("maxNewTokens", usual_new_tokens)
            if new_tokens > job.configuration["maxTokens"] // 2:
                raise invalid(
                    "maxNewTokens is more than half of maxTokens, which leaves little room for the input.",
                    "Raise maxTokens or lower maxNewTokens (ratchet create --trainer-option).",
                )
        case other:
            raise invalid(f"{trainer} does not train the task {other!r}.", "It trains classification and generation.")
