"""sklearn-crfsuite on one corpus, and the scores of all who answered, by seqeval and nervaluate.

The argument is a task's file (see measure-corpus.ts); a line of JSON comes out. The features are those of
sklearn-crfsuite's own tutorial with two more words of context: the word, its affixes, its shape, its neighbours.
"""

import json
import resource
import sys
import time
from pathlib import Path

import sklearn_crfsuite
from nervaluate import Evaluator
from seqeval.metrics import f1_score, precision_score, recall_score


def word_features(words: list[str], at: int) -> dict:
    word = words[at]
    features = {
        "bias": 1.0,
        "word.lower": word.lower(),
        "word.isupper": word.isupper(),
        "word.istitle": word.istitle(),
        "word.isdigit": word.isdigit(),
    }
    for length in (1, 2, 3, 4):
        features[f"prefix{length}"] = word[:length].lower()
        features[f"suffix{length}"] = word[-length:].lower()
    for offset in (-2, -1, 1, 2):
        if 0 <= at + offset < len(words):
            other = words[at + offset]
            features[f"{offset}:lower"] = other.lower()
            features[f"{offset}:istitle"] = other.istitle()
            features[f"{offset}:isupper"] = other.isupper()
        elif offset in (-1, 1):
            features["BOS" if offset < 0 else "EOS"] = True
    return features


def rows(texts: list[dict]) -> list[list[dict]]:
    return [[word_features(text["words"], at) for at in range(len(text["words"]))] for text in texts]


def scores(truth: list[list[str]], answers: list[list[str]]) -> dict:
    types = sorted({tag[2:] for tags in truth for tag in tags if tag != "O"})
    results = Evaluator(truth, answers, tags=types, loader="list").evaluate()["overall"]
    return {
        "f1": float(f1_score(truth, answers)),
        "precision": float(precision_score(truth, answers)),
        "recall": float(recall_score(truth, answers)),
        "nervaluateStrictF1": float(results["strict"].f1),
        "nervaluatePartialF1": float(results["partial"].f1),
    }


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    train, test = task["train"], task["test"]
    truth = [text["tags"] for text in test]
    crf = sklearn_crfsuite.CRF(algorithm="lbfgs", c1=0.1, c2=0.1, max_iterations=100)
    cpu = time.process_time()
    crf.fit(rows(train), [text["tags"] for text in train])
    fit_seconds = time.process_time() - cpu
    cpu = time.process_time()
    answers = [list(tags) for tags in crf.predict(rows(test))]
    predict_seconds = time.process_time() - cpu
    print(
        json.dumps(
            {
                "fitSeconds": fit_seconds,
                "predictMsPerText": 1000 * predict_seconds / len(test),
                "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "scores": scores(truth, answers),
                "others": {name: scores(truth, tags) for name, tags in task["answers"].items()},
            }
        )
    )


if __name__ == "__main__":
    main()
