"""MLServer with a runtime of its own for ONNX, in the server's process, adaptive batching as settings say."""

import sys
from pathlib import Path

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

sys.path.insert(0, str(Path(__file__).parent.parent))
from model import load  # noqa: E402


class Digits(MLModel):
    async def load(self) -> bool:
        self._run = load()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        batch = NumpyCodec.decode_input(payload.inputs[0]).astype("float32")
        output = NumpyCodec.encode_output("probabilities", self._run(batch))
        return InferenceResponse(model_name=self.name, outputs=[output])
