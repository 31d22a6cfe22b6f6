import { once } from "node:events";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { Tensor } from "onnxruntime-node";
import binding from "onnxruntime-node/dist/binding.js";

/**
 * The host of one session: a thread, or a process of its own, whose first message is the model. It answers first with the graph's metadata, then each
 * request `{ id, inputs }` with `{ id, outputs }`, or either with `{ error }`; `{ release: true }` releases the model and
 * ends the host. Plain JavaScript, for a thread starts from a file that Node.js itself can read.
 */
const { model, options } = parentPort ? workerData : (await once(process, "message"))[0];
const port = parentPort ?? { on: process.on.bind(process), postMessage: (message) => process.send(message) };

/** Bytes from which it costs less to move an output than to copy it. */
const LARGE_BYTES = 65_536;

if (!parentPort) {
  endWithParent();
}

try {
  binding.initOrt();
  const session = new binding.binding.InferenceSession();
  if (typeof model === "string") {
    session.loadModel(model, options);
  } else {
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
  }
  const { inputMetadata, outputMetadata } = session;
  const fetches = Object.fromEntries(
    outputMetadata.filter((output) => output.isTensor).map((output) => [output.name, null]),
  );
  port.on("message", (request) => answer(session, fetches, request));
  port.postMessage({ inputMetadata, outputMetadata });
} catch (error) {
  port.postMessage({ error: error.message });
}

function answer(session, fetches, request) {
  if (request.release) {
    session.dispose();
    if (parentPort) {
      parentPort.close();
    } else {
      process.exit(0);
    }
    return;
  }
  const { id, inputs } = request;
  try {
    const feeds = Object.fromEntries(
      inputs.map(({ name, type, data, dims }) => [name, tensorOf(type, data, dims)]),
    );
    const results = session.run(feeds, fetches, {});
    const outputs = Object.keys(fetches).map((name) => ({
      type: results[name].type,
      dims: results[name].dims,
      data: results[name].data,
    }));
    port.postMessage({ id, outputs }, ...(parentPort ? [movable(outputs)] : []));
  } catch (error) {
    port.postMessage({ id, error: error.message });
  }
}

/** Large outputs are moved: nobody reads them here any more, and a copy would wait long for this thread to be cleared up. */
function movable(outputs) {
  const buffers = outputs.map(({ data }) => (ArrayBuffer.isView(data) ? data.buffer : undefined));
  return [...new Set(buffers)].filter((buffer) => buffer?.byteLength >= LARGE_BYTES);
}

/** Half floats go without the runtime's own class: see onnx-values.ts. */
function tensorOf(type, data, dims) {
  return type === "float16" ? { type, data, dims, location: "cpu" } : new Tensor(type, data, dims);
}

/**
 * A process that computes hears nothing, so a thread beside it watches whether its parent is there. Signals that a
 * terminal sends to all processes are the parent's to act on: it lets runs end.
 */
function endWithParent() {
  process
    .on("SIGTERM", () => undefined)
    .on("SIGINT", () => undefined)
    .on("SIGHUP", () => undefined);
  process.on("disconnect", () => process.exit(0));
  const watch = `setInterval(() => process.ppid === ${process.ppid} || process.kill(process.pid, "SIGKILL"), 1000)`;
  new Worker(watch, { eval: true }).unref();
}
