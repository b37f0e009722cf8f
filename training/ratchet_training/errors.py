"""Faults of a job, by the names that Ratchet's own table of faults has."""


class JobError(Exception):
    """A fault with a name and what a person can do about it."""

    def __init__(self, name: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message
        self.mend = mend


def invalid(message: str, mend: str = "Correct the job and start it again.") -> JobError:
    return JobError("InvalidInput", message, mend)


def foundation_missing(foundation: str, why: str) -> JobError:
    return JobError(
        "FoundationMissing",
        f"The foundation {foundation!r} cannot be loaded: {why}",
        "Name a directory that holds it (ratchet create --foundation DIR), or allow the network and sign in where its "
        "licence asks for that (huggingface-cli login).",
    )


def as_job_error(error: BaseException) -> JobError:
    """What any exception of a job comes to."""
    if isinstance(error, JobError):
        return error
    text = f"{type(error).__name__}: {error}"[:2_000]
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in text:
        return JobError(
            "OutOfMemory",
            f"There was not enough memory. {text}",
            "Take a smaller batchSize, a smaller foundation or LoRA, or a machine with more memory.",
        )
    if isinstance(error, ModuleNotFoundError):
        return invalid(f"The Python of training jobs lacks a package. {text}", "Install what is missing: ratchet setup training")
    if isinstance(error, OSError) and error.errno in (28, 122):
        return JobError("StorageFailure", f"The disk is full. {text}", "Free some disk space; the job then goes on.")
    return JobError(
        "TrainingFailed",
        f"The training failed. {text}",
        "See the job's log. What was trained so far is kept, and the next attempt goes on from there.",
    )
