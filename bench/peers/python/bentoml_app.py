"""BentoML with adaptive batching, one worker."""

import bentoml
import numpy

from model import load


@bentoml.service(workers=1, traffic={"timeout": 10}, logging={"access": {"enabled": False}})
class Digits:
    def __init__(self):
        self.run = load()

    @bentoml.api(batchable=True, max_batch_size=32, max_latency_ms=1000)
    def predict(self, instances: numpy.ndarray) -> numpy.ndarray:
        return self.run(instances.astype(numpy.float32))
