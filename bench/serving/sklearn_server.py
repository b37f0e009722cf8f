"""The server to compare with: word and character TF-IDF, logistic regression, FastAPI on uvicorn.

usage: sklearn_server.py EXAMPLES.jsonl   (prints its URL once it answers)
"""

import json
import socket
import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

with open(sys.argv[1], encoding="utf-8") as file:
    examples = [json.loads(line) for line in file]
features = make_union(TfidfVectorizer(), TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), max_features=50_000))
model = make_pipeline(features, LogisticRegression(max_iter=1000))
model.fit([example["input"] for example in examples], [example["output"] for example in examples])


class Asked(BaseModel):
    input: str


app = FastAPI()


@app.post("/v1/models/m/predictions")
def predict(asked: Asked) -> dict[str, object]:
    probabilities = model.predict_proba([asked.input])[0]
    best = int(probabilities.argmax())
    return {"output": str(model.classes_[best]), "confidence": float(probabilities[best])}


listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(json.dumps({"url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
