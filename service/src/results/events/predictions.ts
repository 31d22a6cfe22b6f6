import { z } from "zod";
import { line, probability, TEXTS, top } from "../api/fields.js";

/** What a response tells of one row; what it does not tell is left out. */
export interface Prediction {
  readonly label?: string | undefined;
  readonly probability?: number | undefined;
  readonly value?: number | undefined;
  readonly top?: z.output<typeof top> | undefined;
}

/** What a response tells: of the model, and of each row in order. */
export interface Predictions {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly rows: readonly Prediction[];
}

/** Rows of one response that are kept. */
const MOST_ROWS = 10_000;

/** How far from 1 the sum of probabilities may be, which were rounded on their way. */
const SUM_TOLERANCE = 0.001;

const named = z.object({
  label: TEXTS.label.optional().catch(undefined),
  probability: probability.optional().catch(undefined),
  value: z.number().optional().catch(undefined),
  top: top.optional().catch(undefined),
});

const output = z.object({ shape: z.array(z.int().min(0)).min(1), data: z.array(z.unknown()) });

const response = z.object({
  model: TEXTS.model.optional().catch(undefined),
  model_name: TEXTS.model.optional().catch(undefined),
  version: TEXTS.version.optional().catch(undefined),
  model_version: TEXTS.version.optional().catch(undefined),
  predictions: z.array(z.unknown()).optional().catch(undefined),
  outputs: z.array(output).optional().catch(undefined),
});

/**
 * What a response's data tells, in the form of this project's `/predict`, of TensorFlow Serving and KServe's first protocol
 * (`predictions`), or of the Open Inference Protocol (`outputs`, of which the first counts). Never throws: a response
 * that nobody here understands is a result all the same, of one row without a label.
 */
export function predictionsOf(data: unknown): Predictions {
  const read = response.safeParse(data);
  if (!read.success) {
    return { rows: [{}] };
  }
  const { model, model_name, version, model_version, predictions, outputs } = read.data;
  const items = predictions ?? (outputs?.[0] === undefined ? [undefined] : rowsIn(outputs[0]));
  return {
    model: model ?? model_name,
    version: version ?? model_version,
    rows: items.slice(0, MOST_ROWS).map(predictionOf),
  };
}

/** The rows of a tensor: its slices along the first dimension. */
function rowsIn({ shape, data }: z.output<typeof output>): unknown[] {
  const [count = 0] = shape;
  const width = data.length / count;
  if (!Number.isInteger(width) || width === 0) {
    return [undefined];
  }
  return Array.from({ length: count }, (_, row) =>
    width === 1 ? data[row] : data.slice(row * width, (row + 1) * width),
  );
}

function predictionOf(item: unknown): Prediction {
  if (typeof item === "number") {
    return { value: item };
  }
  if (typeof item === "string") {
    const label = line(200).safeParse(item);
    return label.success ? { label: label.data } : {};
  }
  if (Array.isArray(item)) {
    return fromProbabilities(item);
  }
  const read = named.safeParse(item);
  return read.success ? read.data : {};
}

/** Numbers that are the probabilities of classes tell the most probable one; others tell nothing by themselves. */
function fromProbabilities(numbers: readonly unknown[]): Prediction {
  if (
    numbers.length < 2 ||
    !numbers.every((number) => typeof number === "number" && number >= 0 && number <= 1)
  ) {
    return {};
  }
  const values = numbers as number[];
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    return {};
  }
  const place = values.reduce((best, value, at) => (value > (values[best] ?? 0) ? at : best), 0);
  return { label: String(place), probability: values[place] };
}
