import { floats, ints, model, node, value } from "#service/onnx/build.js";
import { encodeModel } from "#service/onnx/write-model.js";

const SIDE = 4;

/** 1 where a pixel lies in a quadrant: weights [pixels, quadrants]. */
function membershipIn(off: number): number[] {
  return Array.from({ length: SIDE * SIDE * 4 }, (_, index) => {
    const [pixel, quadrant] = [Math.floor(index / 4), index % 4];
    const [right, below] = [pixel % SIDE >= SIDE / 2, Math.floor(pixel / SIDE) >= SIDE / 2];
    return (Number(right) + 2 * Number(below) + off) % 4 === quadrant ? 1 : 0;
  });
}

const membership = membershipIn(0);

/**
 * A model that takes 4 x 4 pictures: `scores` [N, 4] are softmaxed sums of each quadrant of `pixels` [N, 16]. It is wrong
 * when it is `off` by some quadrants.
 */
export function quadrants(off = 0): Uint8Array {
  return encodeModel(
    model({
      name: "quadrants",
      nodes: [
        node("MatMul", ["pixels", "membership"], ["sums"]),
        node("Softmax", ["sums"], ["scores"], { axis: { kind: "int", value: 1 } }),
      ],
      inputs: [value("pixels", "FLOAT", ["N", SIDE * SIDE])],
      outputs: [value("scores", "FLOAT", ["N", 4])],
      initializers: [floats("membership", [SIDE * SIDE, 4], membershipIn(off))],
    }),
  );
}

/** A graph that takes what `quadrants` takes, and fails to compute whatever it is given. */
export function failingQuadrants(): Uint8Array {
  return encodeModel(
    model({
      name: "failing-quadrants",
      nodes: [node("Reshape", ["pixels", "shape"], ["fives"]), node("Softmax", ["fives"], ["scores"])],
      inputs: [value("pixels", "FLOAT", ["N", SIDE * SIDE])],
      outputs: [value("scores", "FLOAT", ["N", "M"])],
      initializers: [ints("shape", [2], [-1, SIDE * SIDE + 1])],
    }),
  );
}

export const quadrantsConfig = {
  preprocess: {
    kind: "image",
    width: SIDE,
    height: SIDE,
    channels: 1,
    layout: "flat",
    scale: 255,
    mean: 0,
    fit: "stretch",
  },
  postprocess: {
    kind: "classification",
    output: "scores",
    labels: ["top left", "top right", "bottom left", "bottom right"],
    scores: "probabilities",
    top: 2,
  },
} as const;

/** Grey pixels of a picture that is bright in one quadrant. */
export function brightIn(quadrant: number): Uint8Array {
  return Uint8Array.from(
    { length: SIDE * SIDE },
    (_, pixel) => (membership[pixel * 4 + quadrant] ?? 0) * 255,
  );
}
