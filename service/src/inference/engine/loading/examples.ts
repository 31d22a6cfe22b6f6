import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { messageOf } from "../../../server/errors.js";
import type { ModelConfig } from "../../../models/model-config.js";
import { readBytes } from "../../../tensors/bytes.js";
import { readNested } from "../../../tensors/from-json.js";
import { nestedShape, product, under } from "../../../tensors/shape.js";
import type { Tensor } from "../../../tensors/tensor.js";
import { checkInputs } from "../check-inputs.js";
import type { DeclaredTensor } from "../session/session.js";

/** Inputs that the model's owner says it can run, in the order of the graph's inputs. */
export interface Example {
  /** Where it stands, as in `warmup[0]`. */
  readonly name: string;
  readonly tensors: readonly Tensor[];
}

type Warmup = NonNullable<ModelConfig["warmup"]>;
type Value = Warmup[number][string];

/**
 * The examples of config.json's `warmup`. `folder` is the model's, where files are looked for; with `batched`, examples
 * may have any number of rows. Rejects with the field at fault.
 */
export async function readExamples(
  { warmup = [] }: Pick<ModelConfig, "warmup">,
  folder: string,
  declared: readonly DeclaredTensor[],
  batched: boolean,
): Promise<Example[]> {
  return Promise.all(
    warmup.map(async (values, index) => {
      const name = `warmup[${index}]`;
      try {
        const tensors = await Promise.all(
          Object.entries(values).map(async ([input, value]) => [
            input,
            await readValue(
              value,
              declared.find((tensor) => tensor.name === input),
              folder,
              `${name}.${input}`,
            ),
          ]),
        );
        return {
          name,
          tensors: checkInputs(declared, batched, Object.fromEntries(tensors) as Record<string, Tensor>),
        };
      } catch (error) {
        throw new Error(`config.json: ${name}: ${messageOf(error)}`, { cause: error });
      }
    }),
  );
}

async function readValue(
  value: Value,
  spec: DeclaredTensor | undefined,
  folder: string,
  path: string,
): Promise<Tensor> {
  if (spec === undefined) {
    throw new Error(`${path} is no input of the graph.`);
  }
  const { datatype } = spec;
  if (!isFile(value)) {
    return nestedTensor(value, spec, path);
  }
  const bytes = await readFile(insideOf(folder, value.file)).catch((cause: unknown) => {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new Error(`The file '${value.file}' cannot be read (${why}).`, { cause });
  });
  if (extname(value.file) === ".json") {
    return nestedTensor(parsed(bytes, value.file), spec, value.file);
  }
  const shape = value.shape ?? spec.shape.map((size) => (size === -1 ? 1 : size));
  return { datatype, shape, data: await readBytes(bytes, datatype, product(shape), value.file) };
}

function parsed(bytes: Buffer, file: string): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new Error(`The file '${file}' is not JSON: ${messageOf(cause)}.`, { cause });
  }
}

async function nestedTensor(values: unknown, spec: DeclaredTensor, path: string): Promise<Tensor> {
  const locate = under(path);
  const shape = nestedShape(values, locate);
  return { datatype: spec.datatype, shape, data: await readNested(values, shape, spec, locate) };
}

function isFile(value: Value): value is Extract<Value, { file: string }> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && "file" in value;
}

function insideOf(folder: string, file: string): string {
  const path = normalize(file);
  if (path.startsWith("..") || path.startsWith("/")) {
    throw new Error(`The file '${file}' must lie in the model's folder.`);
  }
  return join(folder, path);
}
