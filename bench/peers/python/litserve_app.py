"""LitServe with batching on, its ZeroMQ queue, one worker."""

import os

import litserve
import numpy

from model import load


class Digits(litserve.LitAPI):
    def setup(self, device):
        self.run = load()

    def decode_request(self, request):
        return numpy.asarray(request["instances"][0], dtype=numpy.float32)

    def batch(self, inputs):
        return numpy.stack(inputs)

    def predict(self, batch):
        return self.run(batch)

    def unbatch(self, output):
        return list(output)

    def encode_response(self, output):
        return {"label": int(output.argmax()), "probabilities": output.tolist()}


if __name__ == "__main__":
    api = Digits(max_batch_size=32, batch_timeout=0.001)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        num_api_servers=1,
        generate_client_file=False,
        log_level="warning",
        access_log=False,
    )
