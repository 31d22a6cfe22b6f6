import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import type { Tensor, TensorData } from "../tensor.js";
import { datatypeOf, ONNX_BY_DATATYPE } from "./datatypes.js";
import type { DeclaredTensor, Session, SessionOptions } from "./session.js";

type ValueMetadata = InferenceSession.ValueMetadata;

/** Loads an ONNX file. Rejects with the runtime's error, or when an input is not a tensor. */
export async function openOnnxSession(path: string, options: SessionOptions): Promise<Session> {
  const session = await InferenceSession.create(path, {
    executionProviders: ["cpu"],
    intraOpNumThreads: options.intraOpThreads,
    interOpNumThreads: 1,
    // Patterns are cached by input shape: with dynamic batches that is a pattern a size, and memory that only grows.
    enableMemPattern: false,
    logSeverityLevel: 3,
  });
  try {
    return new OnnxSession(session);
  } catch (error) {
    await session.release();
    throw error;
  }
}

class OnnxSession implements Session {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly unservedOutputs: readonly string[];
  private readonly outputNames: readonly string[];

  constructor(private readonly session: InferenceSession) {
    const unserved = session.inputMetadata.find((input) => !input.isTensor);
    if (unserved) throw new Error(`input '${unserved.name}' is not a tensor`);
    this.inputs = session.inputMetadata.flatMap(declare);
    this.outputs = session.outputMetadata.flatMap(declare);
    this.unservedOutputs = session.outputMetadata
      .filter((output) => !output.isTensor)
      .map(({ name }) => name);
    this.outputNames = this.outputs.map((output) => output.name);
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    const feeds: Record<string, OnnxTensor> = {};
    for (const [index, { name }] of this.inputs.entries()) {
      const tensor = inputs[index];
      if (tensor) feeds[name] = toOnnx(tensor);
    }
    const results = await this.session.run(feeds, this.outputNames);
    return this.outputNames.map((name) => fromOnnx(name, results[name]));
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

function declare(metadata: ValueMetadata): DeclaredTensor[] {
  if (!metadata.isTensor) return [];
  const datatype = datatypeOf(metadata.type);
  if (!datatype)
    throw new Error(`'${metadata.name}' has elements of type ${metadata.type}, which are not served`);
  return [
    {
      name: metadata.name,
      datatype,
      shape: metadata.shape.map((dimension) => (typeof dimension === "number" ? dimension : -1)),
      symbols: metadata.shape.map((dimension) => (typeof dimension === "string" ? dimension : "")),
    },
  ];
}

function toOnnx({ datatype, data, shape }: Tensor): OnnxTensor {
  return new OnnxTensor(ONNX_BY_DATATYPE[datatype], data, shape);
}

function fromOnnx(name: string, value: OnnxTensor | undefined): Tensor {
  const datatype = value && datatypeOf(value.type);
  if (!datatype) throw new Error(`output '${name}' is missing from the result`);
  const data = value.data;
  return { datatype, shape: value.dims, data: datatype === "FP16" ? bits(data) : data };
}

/** Newer runtimes give half floats as Float16Array; the protocol's tensors hold their bits. */
function bits(data: TensorData): TensorData {
  if (Array.isArray(data) || data instanceof Uint16Array) return data;
  return new Uint16Array(data.buffer, data.byteOffset, data.length);
}
