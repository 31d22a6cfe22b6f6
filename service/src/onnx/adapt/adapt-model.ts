/**
 * What ONNX Runtime's binding for Node.js cannot show or take of a graph, made into what it can: outputs that are maps, inputs
 * that may be left out, tensors of any rank. The file on disk stays as it is.
 */
import { readFile } from "node:fs/promises";
import type { Tensor } from "../../tensors/tensor.js";
import type { OnnxModel, OnnxValue } from "../types.js";
import { decodeModel } from "../read-model.js";
import { encodeNode, encodeValue } from "../write-model.js";
import { defaultedInputs } from "./defaults.js";
import { editFile, type GraphEdit } from "./edit-file.js";
import { zippedOutputs } from "./zip-maps.js";

/** How a file is loaded, and what the runtime does not say of its graph. */
export interface Adaptation {
  /** Absent when the file is loaded as it is. */
  readonly edit?: GraphEdit;
  /** By input. To the runtime these inputs must be fed. */
  readonly defaults: ReadonlyMap<string, Tensor>;
  /** Inputs and outputs whose rank the file leaves open; to the runtime they look like single numbers. */
  readonly unranked: ReadonlySet<string>;
  /** Labels by the output that holds their scores. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** Of a file that is loaded as it is. */
export const PLAIN: Adaptation = { defaults: new Map(), unranked: new Set(), labels: new Map() };

/** A file that was read, and how it is best loaded. The models are absent for a file that is none. */
export interface AdaptedFile {
  /** As it stands in the file: defaults are constants. */
  readonly onDisk: OnnxModel | undefined;
  /** As the runtime is given it: defaults are inputs. */
  readonly model: OnnxModel | undefined;
  readonly adaptation: Adaptation;
}

/** Reads the file at `path`. What is no model is loaded as it is: the runtime has the better words for what is wrong. */
export async function adaptFile(path: string): Promise<AdaptedFile> {
  try {
    const onDisk = decodeModel(await readFile(path));
    const adaptation = adaptModel(onDisk);
    const { defaults } = adaptation;
    const initializers = onDisk.graph.initializers.filter(({ name }) => !defaults.has(name));
    return { onDisk, model: { ...onDisk, graph: { ...onDisk.graph, initializers } }, adaptation };
  } catch {
    return { onDisk: undefined, model: undefined, adaptation: PLAIN };
  }
}

/** How the file that `model` was read from is best loaded. */
export function adaptModel(model: OnnxModel): Adaptation {
  const { graph } = model;
  const zipped = hasIdentity(model) ? zippedOutputs(model) : [];
  const defaulted = defaultedInputs(model);
  const edit = {
    nodes: new Map(zipped.map(({ nodeIndex, node }) => [nodeIndex, encodeNode(node)])),
    outputs: new Map(zipped.map(({ outputIndex, output }) => [outputIndex, encodeValue(output)])),
    initializers: new Set(defaulted.map(({ initializerIndex }) => initializerIndex)),
  };
  return {
    ...(zipped.length + defaulted.length > 0 && { edit }),
    defaults: new Map(defaulted.map(({ name, tensor }) => [name, tensor])),
    unranked: new Set([...graph.inputs, ...graph.outputs].filter(isUnranked).map(({ name }) => name)),
    labels: new Map(zipped.map(({ name, labels }) => [name, labels])),
  };
}

/** Whether the file uses ONNX's own operators, of which one takes a ZipMap's place. */
function hasIdentity({ opsets }: OnnxModel): boolean {
  return opsets.some(({ domain }) => domain === "" || domain === "ai.onnx");
}

function isUnranked({ kind, shape }: OnnxValue): boolean {
  return kind === "tensor" && shape === undefined;
}

/** What the runtime is to load: the file's path, or its bytes after the edit. */
export async function loadable(path: string, { edit }: Adaptation): Promise<string | Uint8Array> {
  return edit === undefined ? path : editFile(await readFile(path), edit);
}
