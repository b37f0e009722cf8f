"""One split of a labelled set: out-of-fold answers of a plain classifier for Ratchet to calibrate by, and what
scikit-learn's CalibratedClassifierCV makes of the same folds. Reads {train, test, seed} from stdin, writes JSON."""

import json
import sys

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

given = json.load(sys.stdin)
texts = np.array([text for text, _ in given["train"]], dtype=object)
labels = np.array([label for _, label in given["train"]])
test_texts = [text for text, _ in given["test"]]
test_labels = np.array([label for _, label in given["test"]])


def model():
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(C=given["c"], max_iter=500))


def answers(probabilities, classes, truth):
    best = probabilities.argmax(axis=1)
    return [
        {"label": str(classes[at]), "confidence": float(row[at]), "right": bool(classes[at] == right)}
        for at, row, right in zip(best, probabilities, truth)
    ]


folds = list(StratifiedKFold(n_splits=5, shuffle=True, random_state=given["seed"]).split(texts, labels))
out_of_fold = [None] * len(texts)
for train, held in folds:
    fitted = model().fit(texts[train], labels[train])
    for at, answer in zip(held, answers(fitted.predict_proba(texts[held]), fitted.classes_, labels[held])):
        out_of_fold[at] = answer

fitted = model().fit(texts, labels)
result = {
    "outOfFold": out_of_fold,
    "raw": answers(fitted.predict_proba(test_texts), fitted.classes_, test_labels),
}
for method in ["sigmoid", "isotonic"]:
    calibrated = CalibratedClassifierCV(model(), method=method, cv=folds, ensemble=False).fit(texts, labels)
    result[method] = answers(calibrated.predict_proba(test_texts), calibrated.classes_, test_labels)
json.dump(result, sys.stdout)
