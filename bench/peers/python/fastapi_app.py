"""FastAPI and ONNX Runtime: coroutines, because the run is shorter than a hop to the thread pool."""

import numpy
from fastapi import FastAPI, Request
from pydantic import BaseModel

from model import load

app = FastAPI()
run = load()


class Instances(BaseModel):
    instances: list[list[float]]


def answer(batch: numpy.ndarray):
    probabilities = run(batch)
    labels = probabilities.argmax(axis=1)
    return {
        "predictions": [
            {"label": int(label), "probabilities": row.tolist()} for label, row in zip(labels, probabilities)
        ]
    }


@app.post("/predict")
async def predict(body: Instances):
    return answer(numpy.asarray(body.instances, dtype=numpy.float32))


@app.post("/predict/raw")
async def predict_raw(request: Request):
    pixels = numpy.frombuffer(await request.body(), dtype=numpy.uint8)
    return answer((pixels.astype(numpy.float32) / 255).reshape(1, -1))
