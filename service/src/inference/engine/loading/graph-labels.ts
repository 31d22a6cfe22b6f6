import type { ModelConfig } from "../../../models/model-config.js";
import { product } from "../../../tensors/shape.js";
import type { Tensor } from "../../../tensors/tensor.js";
import type { OpenSessions, WarmUpPlan } from "./open-sessions.js";

type Opened = Pick<OpenSessions<WarmUpPlan>, "sessions" | "found" | "plan">;

/** Labels that an answer lists. */
const TOP = 5;

/** How far the sum of probabilities may be from 1. */
const TOLERANCE = 1e-3;

/**
 * `config` with the labels that the file itself has for an output, where config.json has none. Only of probabilities: a
 * run shows whether the scores are some, for scikit-learn's converter gives labels to distances as well.
 */
export async function withLabels(
  config: ModelConfig,
  labels: ReadonlyMap<string, readonly string[]>,
  opened: Opened,
): Promise<ModelConfig> {
  const [found] = labels;
  if (found === undefined || config.postprocess !== undefined) {
    return config;
  }
  const [output, names] = found;
  const scores = await scoresOf(output, opened);
  if (scores === undefined || !areProbabilities(scores, names.length)) {
    return config;
  }
  const top = Math.min(TOP, names.length);
  return {
    ...config,
    postprocess: { kind: "classification", output, labels: names, scores: "probabilities", top },
  };
}

/** Undefined when it runs nothing that was tried, for then nothing is known. */
async function scoresOf(output: string, { sessions, found, plan }: Opened): Promise<Tensor | undefined> {
  const [session] = sessions;
  const inputs = found.filling?.inputs(session.inputs, plan.sizes[0]);
  const outputs = inputs && (await session.run(inputs).catch(() => undefined));
  return outputs?.[session.outputs.findIndex(({ name }) => name === output)];
}

function areProbabilities({ data, shape }: Tensor, labels: number): boolean {
  const [rows = 0] = shape;
  if (!(data instanceof Float32Array) || shape.length !== 2 || product(shape) !== rows * labels) {
    return false;
  }
  return (
    data.every((value) => value >= 0 && value <= 1 + TOLERANCE) &&
    Array.from({ length: rows }, (_, row) => data.subarray(row * labels, (row + 1) * labels)).every(
      (scores) => Math.abs(scores.reduce((sum, score) => sum + score, 0) - 1) <= TOLERANCE,
    )
  );
}
