import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

/**
 * The thread of one session. It answers first with the graph's metadata, then each request `{ id, inputs }` with
 * `{ id, outputs }`, or either with `{ error }`; null releases the model and ends the thread.
 * Plain JavaScript, for a thread starts from a file that Node.js itself can read.
 */
const { path, options } = workerData;

try {
  const session = await InferenceSession.create(path, options);
  const { inputMetadata, outputMetadata } = session;
  const wanted = outputMetadata.filter((output) => output.isTensor).map((output) => output.name);
  parentPort.on("message", (request) => void answer(session, wanted, request));
  parentPort.postMessage({ inputMetadata, outputMetadata });
} catch (error) {
  parentPort.postMessage({ error: error.message });
}

async function answer(session, wanted, request) {
  if (request === null) {
    await session.release();
    parentPort.close();
    return;
  }
  const { id, inputs } = request;
  try {
    const feeds = Object.fromEntries(
      inputs.map(({ name, type, data, dims }) => [name, tensorOf(type, data, dims)]),
    );
    const results = await session.run(feeds, wanted);
    const outputs = wanted.map((name) => ({
      type: results[name].type,
      dims: results[name].dims,
      data: results[name].data,
    }));
    parentPort.postMessage({ id, outputs });
  } catch (error) {
    parentPort.postMessage({ id, error: error.message });
  }
}

/** Half floats go without the runtime's own class: see onnx-values.ts. */
function tensorOf(type, data, dims) {
  return type === "float16" ? { type, data, dims, location: "cpu" } : new Tensor(type, data, dims);
}
