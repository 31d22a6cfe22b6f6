/** The index of the largest number. */
function argmax(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? -Infinity) ? index : best), 0);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** Told from a tensor's shape by their sum. */
function areProbabilities(value: unknown): value is number[] {
  return isNumbers(value) && Math.abs(value.reduce((sum, item) => sum + item, 0) - 1) < 1e-3;
}

/** Looks through JSON for what a server of any kind says of the digit: a label, or a list of probabilities. */
function labelIn(value: unknown): number | undefined {
  if (areProbabilities(value)) {
    return argmax(value);
  }
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  if ("label" in value) {
    return Number(value.label);
  }
  for (const item of Object.values(value)) {
    const label = labelIn(item);
    if (label !== undefined) {
      return label;
    }
  }
  return undefined;
}

/**
 * The digit that an answer names, so that no server is measured that does not predict.
 * `headerLength` is the value of Inference-Header-Content-Length, when the tensor follows as float32 bytes.
 */
export function predictedLabel(body: Uint8Array, headerLength?: number): number | undefined {
  if (headerLength !== undefined) {
    return argmax([...new Float32Array(Uint8Array.from(body.subarray(headerLength)).buffer)]);
  }
  return labelIn(JSON.parse(Buffer.from(body).toString()));
}
