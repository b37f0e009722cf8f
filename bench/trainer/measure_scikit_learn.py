"""One measurement of a scikit-learn estimator, in a process of its own.

The argument is a task's file (see measurement.ts); a line of JSON comes out. The features are those of Ratchet's
embedded trainer: TF-IDF of words, word pairs and 2- to 4-grams of characters within words, the embeddings beside them.
"""

import json
import resource
import sys
import time
from pathlib import Path

import joblib
import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

EMBEDDING_LENGTH = 512
EMBEDDING_SCALE = 2


def vectoriser():
    """Both blocks, each row of a block of unit length. Words of one character count, as they do for Ratchet."""
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
    )


def estimator(method: str, seed: int, c: float) -> BaseEstimator:
    svc = LinearSVC(C=1, random_state=seed)
    match method:
        case "linear-svc":
            return svc
        case "linear-svc-threads":
            return OneVsRestClassifier(svc, n_jobs=2)
        case "logistic-regression":
            return LogisticRegression(C=c, max_iter=300, random_state=seed)
        case "calibrated-sigmoid":
            return CalibratedClassifierCV(svc, method="sigmoid", n_jobs=2)
        case "calibrated-temperature":
            return CalibratedClassifierCV(svc, method="temperature", ensemble=False, n_jobs=2)
    raise ValueError(method)


def features(sparse: csr_matrix, embeddings: np.ndarray | None) -> csr_matrix:
    if embeddings is None:
        return sparse
    return hstack([sparse, csr_matrix(embeddings * EMBEDDING_SCALE)], format="csr")


def peak_mib() -> float:
    """VmHWM where there is one: ru_maxrss also counts what the process that started this one held."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    corpus = json.loads(Path(task["corpusFile"]).read_text())
    train = [row["text"] for row in corpus["train"]]
    test = [row["text"] for row in corpus["test"]]
    labels = np.array([row["label"] for row in corpus["train"]])
    embedded = embedded_test = None
    if task["embeddingsFile"] is not None:
        rows = np.fromfile(task["embeddingsFile"], dtype="<f4").reshape(-1, EMBEDDING_LENGTH)
        embedded, embedded_test = rows[: len(train)], rows[len(train) :]

    # Threads: the solver of LinearSVC lets others work, and nothing is copied from process to process.
    joblib.parallel_config(backend="threading")
    wall, cpu = time.perf_counter(), time.process_time()
    text_features = vectoriser()
    matrix = features(text_features.fit_transform(train), embedded)
    model = estimator(task["method"], task["seed"], task["c"]).fit(matrix, labels)
    train_seconds, train_cpu = time.perf_counter() - wall, time.process_time() - cpu
    feature_count = matrix.shape[1]
    del matrix

    has_probabilities = hasattr(model, "predict_proba")

    def answer(texts: list[str], embeddings: np.ndarray | None):
        inputs = features(text_features.transform(texts), embeddings)
        scores = model.predict_proba(inputs) if has_probabilities else model.decision_function(inputs)
        best = scores.argmax(axis=1)
        return model.classes_[best], scores[np.arange(len(texts)), best]

    names, best = answer(test, embedded_test)
    confidences = [float(value) for value in best] if has_probabilities else None
    Path(task["answersFile"]).write_text(json.dumps({"labels": [str(name) for name in names], "confidences": confidences}))

    order = np.arange(task["predictions"]) % len(test)
    inputs = [test[at] for at in order]
    repeated = None if embedded_test is None else embedded_test[order]
    wall, cpu = time.perf_counter(), time.process_time()
    batch = 4096
    for begin in range(0, len(inputs), batch):
        answer(inputs[begin : begin + batch], None if repeated is None else repeated[begin : begin + batch])
    measured = {
        "featureCount": feature_count,
        "trainSeconds": train_seconds,
        "trainCpuSeconds": train_cpu,
        "predictSeconds": time.perf_counter() - wall,
        "predictCpuSeconds": time.process_time() - cpu,
        "predictions": len(inputs),
        "peakMiB": peak_mib(),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
