import { InferenceSession, Tensor } from "onnxruntime-node";
import { messageOf } from "../../server/errors.js";
import { adaptFile, loadable } from "../../onnx/adapt/adapt-model.js";
import type { Verdict } from "../jobs/job.js";
import type { Exam, ExamInput } from "../recipes/recipe.js";
import { meanInterval } from "../statistics.js";

/** Rows that go through a model at once. */
const BATCH = 256;

/**
 * Compares the file at `candidate` with the version that serves, on the rows of `exam`: it passes unless its losses are
 * larger beyond the interval of the difference. What cannot be compared does not pass.
 */
export async function examine(
  exam: Exam,
  candidate: string,
  serving: { readonly version: string; readonly path: string } | undefined,
): Promise<Verdict> {
  const own = await lossesOf(exam, candidate);
  const { mean } = meanInterval(own);
  const about = { measure: exam.measure, rows: exam.rows, candidate: mean };
  if (serving === undefined) {
    return { ...about, passed: true, reason: "No version serves yet that it could be compared with." };
  }
  const { version, path } = serving;
  try {
    return { ...about, against: version, ...compared(exam, own, await lossesOf(exam, path), version) };
  } catch (error) {
    const reason = `Version ${version}, which serves, cannot be measured on these rows, so nothing says that this one is no worse: ${messageOf(error)}.`;
    return { ...about, against: version, passed: false, reason };
  }
}

function compared(
  { measure, rows }: Exam,
  candidate: Float64Array,
  serving: Float64Array,
  version: string,
): Verdict & { readonly serving: number } {
  const difference = meanInterval(candidate.map((loss, row) => loss - (serving[row] ?? NaN)));
  const passed = difference.low <= 0;
  const [own, others] = [meanInterval(candidate).mean, meanInterval(serving).mean].map((mean) =>
    mean.toFixed(4),
  );
  const figures = `its ${measure} is ${own}, that of version ${version} ${others}, on the same ${rows} held-out rows`;
  const verdict = passed
    ? "It is not worse beyond the 95 % interval"
    : "It is worse beyond the 95 % interval";
  return { passed, reason: `${verdict}: ${figures}.`, serving: meanInterval(serving).mean, difference };
}

/** One loss a row, as the runtime computes the file's output. */
async function lossesOf(exam: Exam, path: string): Promise<Float64Array> {
  const { adaptation } = await adaptFile(path);
  const file = await loadable(path, adaptation);
  const session = await (typeof file === "string"
    ? InferenceSession.create(file)
    : InferenceSession.create(file));
  const losses = new Float64Array(exam.rows);
  const values: Float32Array[] = [];
  for (let start = 0; start < exam.rows; start += BATCH) {
    const count = Math.min(BATCH, exam.rows - start);
    const feeds = Object.fromEntries(exam.inputs.map((input) => [input.name, rowsOf(input, start, count)]));
    const answer = await session.run(feeds, [exam.output]);
    values.push(floatsOf(answer[exam.output]));
  }
  await session.release();
  losses.set(exam.losses(joined(values), adaptation.labels.get(exam.output)));
  if (losses.some(Number.isNaN)) {
    throw new TypeError(`its output ${exam.output} has other numbers a row`);
  }
  return losses;
}

function rowsOf({ values, width }: ExamInput, start: number, count: number): Tensor {
  const shape = [count, width];
  return values instanceof Float32Array
    ? new Tensor("float32", values.subarray(start * width, (start + count) * width), shape)
    : new Tensor("string", values.slice(start * width, (start + count) * width), shape);
}

function floatsOf(output: Tensor | undefined): Float32Array {
  if (!(output?.data instanceof Float32Array)) {
    throw new TypeError("its output is not one of floats");
  }
  return output.data;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
