"""Drives the service with NVIDIA's Python client for Triton, as it is published. Exits with 1 at the first surprise."""

import sys

import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

client = http.InferenceServerClient(url=sys.argv[1])
pixels = np.zeros((2, 784), dtype=np.float32)
pixels[:, 300:320] = 1


def infer(model, arrays, outputs, binary=True, **options):
    inputs = []
    for name, (array, datatype) in arrays.items():
        tensor = http.InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    wanted = [http.InferRequestedOutput(name, binary_data=binary) for name in outputs]
    return client.infer(model, inputs, outputs=wanted, **options)


assert client.is_server_live()
assert client.is_server_ready()
assert client.is_model_ready("mnist") and client.is_model_ready("mnist", "1")
assert not client.is_model_ready("nobody")
assert "binary_tensor_data" in client.get_server_metadata()["extensions"]

metadata = client.get_model_metadata("mnist")
(image,), (probabilities,) = metadata["inputs"], metadata["outputs"]
assert image["datatype"] == "FP32" and image["shape"] == [-1, 784], image
assert client.get_model_config("mnist")["max_batch_size"] > 1

arrays = {image["name"]: (pixels, "FP32")}
output = probabilities["name"]
answers = [
    infer("mnist", arrays, [output], binary, request_id="7", **compression).as_numpy(output)
    for binary in (True, False)
    for compression in ({}, {"request_compression_algorithm": "gzip"}, {"request_compression_algorithm": "deflate"})
]
assert answers[0].shape == (2, 10) and abs(answers[0].sum() - 2) < 1e-4, answers[0]
for answer in answers[1:]:
    np.testing.assert_allclose(answer, answers[0], atol=1e-6)
assert infer("mnist", arrays, [output], request_id="7").get_response()["id"] == "7"
assert infer("mnist", arrays, []).as_numpy(output).shape == (2, 10)

pending = [client.async_infer("mnist", [tensor]) for tensor in [http.InferInput(image["name"], [2, 784], "FP32")] if
           tensor.set_data_from_numpy(pixels)]
np.testing.assert_allclose(pending[0].get_result().as_numpy(output), answers[0], atol=1e-6)

tensor = http.InferInput(image["name"], [2, 784], "FP32")
tensor.set_data_from_numpy(pixels)
classes = client.infer("mnist", [tensor], outputs=[http.InferRequestedOutput(output, class_count=3)])
assert classes.as_numpy(output).shape == (2, 3), classes.as_numpy(output)
assert classes.as_numpy(output)[0][0].decode().count(":") == 2

for binary in (True, False):
    words = np.array(["red", "Grün"], dtype=np.object_)
    # The model capitalises ASCII alone.
    upper = infer("upper", {"input": (words, "BYTES")}, ["output"], binary).as_numpy("output")
    assert [w.decode() if isinstance(w, bytes) else w for w in upper] == ["RED", "GRüN"], upper
    large = np.array([[2**63 - 1, -(2**63), 2**53 + 1]], dtype=np.int64)
    same = infer("large", {"input": (large, "INT64")}, ["output"], binary).as_numpy("output")
    np.testing.assert_array_equal(same, large)

statistics = client.get_inference_statistics("mnist")["model_stats"][0]
assert statistics["inference_count"] >= 14 and statistics["inference_stats"]["fail"]["count"] == 0, statistics

assert {entry["name"] for entry in client.get_model_repository_index()} == {"mnist", "upper", "large"}
client.unload_model("upper")
assert not client.is_model_ready("upper")
client.load_model("upper")
assert client.is_model_ready("upper")

for model, array, message in (("nobody", pixels, "nobody"), ("mnist", pixels[:, :10], "shape")):
    try:
        infer(model, {image["name"]: (array, "FP32")}, [output])
        sys.exit(f"{model} was answered")
    except InferenceServerException as error:
        assert message in error.message(), error
print("tritonclient: everything works")
