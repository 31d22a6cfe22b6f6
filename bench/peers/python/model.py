"""What every Python peer shares: one ONNX Runtime session with one thread."""

import os

import onnxruntime


def load():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    output = session.get_outputs()[0].name
    return lambda batch: session.run([output], {name: batch})[0]
