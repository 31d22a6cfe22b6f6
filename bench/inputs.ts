import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { FILES } from "./files.js";

export const INPUT_NAMES = ["raw", "png", "json", "v2-json", "v2-binary"] as const;
export type InputName = (typeof INPUT_NAMES)[number];

/** The digit that inputs/digit.raw and inputs/digit.png show. */
export const EXPECTED_LABEL = 7;

/** A request body in a file, as the load generators take it. */
export interface Input {
  readonly name: InputName;
  readonly title: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: string;
  readonly bytes: number;
}

interface Body {
  readonly title: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Name and shape of the model's input, with 1 for each dimension that a request chooses. */
async function modelInput(): Promise<{ name: string; shape: number[] }> {
  const session = await ort.InferenceSession.create(FILES.model, { intraOpNumThreads: 1 });
  const [metadata] = session.inputMetadata;
  await session.release();
  if (!metadata?.isTensor) {
    throw new Error(`${FILES.model} has no tensor as input`);
  }
  return { name: metadata.name, shape: metadata.shape.map((size) => (typeof size === "number" ? size : 1)) };
}

/** The Open Inference Protocol's binary extension, as Triton's client writes it: JSON, then the tensor's bytes. */
function binaryBody(input: { name: string; shape: number[] }, values: Float32Array): Body {
  const data = Buffer.from(values.buffer);
  const tensor = { ...input, datatype: "FP32", parameters: { binary_data_size: data.length } };
  const head = Buffer.from(JSON.stringify({ inputs: [tensor], parameters: { binary_data_output: true } }));
  return {
    title: "V2 binary",
    contentType: "application/octet-stream",
    headers: { "Inference-Header-Content-Length": String(head.length) },
    body: Buffer.concat([head, data]),
  };
}

async function bodies(): Promise<Record<InputName, Body>> {
  const pixels = readFileSync(join(FILES.inputs, "digit.raw"));
  const values = Array.from(pixels, (pixel) => pixel / 255);
  const input = await modelInput();
  const json = (value: unknown) => ({
    contentType: "application/json",
    body: Buffer.from(JSON.stringify(value)),
  });
  return {
    raw: { title: "raw bytes", contentType: "application/octet-stream", body: pixels },
    png: { title: "PNG", contentType: "image/png", body: readFileSync(join(FILES.inputs, "digit.png")) },
    json: { title: "JSON", ...json({ instances: [values] }) },
    "v2-json": { title: "V2 JSON", ...json({ inputs: [{ ...input, datatype: "FP32", data: values }] }) },
    "v2-binary": binaryBody(input, Float32Array.from(values)),
  };
}

/** Writes every request body into the cache. */
export async function prepareInputs(): Promise<Record<InputName, Input>> {
  const folder = join(FILES.cache, "inputs");
  mkdirSync(folder, { recursive: true });
  const made = await bodies();
  const write = (name: InputName): Input => {
    const { body, headers = {}, ...rest } = made[name];
    const file = join(folder, name);
    writeFileSync(file, body);
    return { name, ...rest, headers, file, bytes: body.length };
  };
  return {
    raw: write("raw"),
    png: write("png"),
    json: write("json"),
    "v2-json": write("v2-json"),
    "v2-binary": write("v2-binary"),
  };
}
