"""Drives the service with KServe's Python client, as it is published, over both of its protocols. Exits with 1 at the first surprise."""

import asyncio
import sys

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

URL = f"http://{sys.argv[1]}"
IMAGE, PROBABILITIES = "image", "probabilities"
pixels = np.zeros((2, 784), dtype=np.float32)
pixels[:, 300:320] = 1


def request(model, arrays, binary, outputs=None, **options):
    inputs = []
    for name, (array, datatype) in arrays.items():
        tensor = InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model, inputs, request_outputs=outputs, **options)


async def refused(call, status):
    try:
        await call
    except httpx.HTTPStatusError as error:
        assert error.response.status_code == status, error
        return str(error)
    sys.exit(f"{status} was expected")


async def drive_v2(client):
    assert await client.is_server_live(URL)
    assert await client.is_server_ready(URL)
    assert await client.is_model_ready(URL, "mnist")
    assert not await client.is_model_ready(URL, "nobody")

    async def infer(model, arrays, binary, outputs=None, **options):
        return await client.infer(URL, request(model, arrays, binary, outputs, **options), model)

    arrays = {IMAGE: (pixels, "FP32")}
    answers = []
    for binary in (True, False):
        for answered in (True, False):
            outputs = [RequestedOutput(PROBABILITIES, {"binary_data": answered})]
            answers.append(await infer("mnist", arrays, binary, outputs, request_id="7"))
        answers.append(await infer("mnist", arrays, binary))
        answers.append(await infer("mnist", arrays, binary, parameters={"binary_data_output": True}))
    first = answers[0].outputs[0].as_numpy()
    assert first.shape == (2, 10) and abs(first.sum() - 2) < 1e-4, first
    for answer in answers:
        assert [output.name for output in answer.outputs] == [PROBABILITIES]
        np.testing.assert_allclose(answer.outputs[0].as_numpy(), first, atol=1e-6)
    assert answers[0].id == "7" and answers[0].model_name == "mnist", answers[0]

    raw = {"inputs": [{"name": IMAGE, "shape": [2, 784], "datatype": "FP32", "data": pixels.tolist()}]}
    answer = await client.infer(URL, raw, "mnist")
    np.testing.assert_allclose(answer.outputs[0].as_numpy(), first, atol=1e-6)

    for binary in (True, False):
        words = np.array(["red", "Grün"], dtype=np.object_)
        # The model capitalises ASCII alone.
        upper = (await infer("upper", {"input": (words, "BYTES")}, binary)).outputs[0].as_numpy()
        assert list(upper) == ["RED", "GRüN"], upper
        large = np.array([[2**63 - 1, -(2**63), 2**53 + 1]], dtype=np.int64)
        same = (await infer("large", {"input": (large, "INT64")}, binary)).outputs[0].as_numpy()
        np.testing.assert_array_equal(same, large)

    assert "nobody" in await refused(infer("nobody", arrays, True), 404)
    assert "shape" in await refused(infer("mnist", {IMAGE: (pixels[:, :10], "FP32")}, True), 400)
    return first


async def drive_v1(client, first):
    assert await client.is_server_live(URL)
    assert await client.is_model_ready(URL, "mnist")
    await refused(client.is_model_ready(URL, "nobody"), 404)
    rows = (await client.infer(URL, {"instances": pixels.tolist()}, "mnist"))["predictions"]
    np.testing.assert_allclose(rows, first, atol=1e-6)
    upper = await client.infer(URL, {"instances": ["red", "green"]}, "upper")
    assert upper == {"predictions": ["RED", "GREEN"]}, upper
    assert "nobody" in await refused(client.infer(URL, {"instances": [[0]]}, "nobody"), 404)
    assert "instances" in await refused(client.infer(URL, {"instances": [["x"] * 784]}, "mnist"), 400)


async def main():
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=0)) as client:
        first = await drive_v2(client)
    async with InferenceRESTClient(RESTConfig(protocol="v1", retries=0)) as client:
        await drive_v1(client, first)
    print("kserve: everything works")


asyncio.run(main())
