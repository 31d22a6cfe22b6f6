import * as tf from "@tensorflow/tfjs-core";
import type { Sequential } from "@tensorflow/tfjs-layers";

/** All that the next step of a training depends on beside the data, as plain numbers. */
export interface NetworkState {
  readonly weights: readonly Float32Array[];
  /** Steps that the optimizer has made, its moments by weight, and the powers of its decay rates. */
  readonly iterations: number;
  readonly moments: readonly { readonly shape: number[]; readonly values: Float32Array }[];
  readonly decays: readonly [number, number];
}

/** What Adam keeps to itself: its `setWeights` computes these anew, with another rounding than step by step. */
interface AdamDecays {
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
}

/** The state of a network that is trained by Adam. */
export async function stateOf(network: Sequential): Promise<NetworkState> {
  const { optimizer } = network;
  const [iterations, ...moments] = await optimizer.getWeights();
  const { accBeta1, accBeta2 } = optimizer as unknown as AdamDecays;
  return {
    weights: network.getWeights().map((weight) => weight.dataSync<"float32">().slice()),
    iterations: iterations?.tensor.dataSync()[0] ?? 0,
    moments: moments.map(({ tensor }) => ({
      shape: tensor.shape,
      values: tensor.dataSync<"float32">().slice(),
    })),
    decays: [accBeta1.dataSync()[0] ?? NaN, accBeta2.dataSync()[0] ?? NaN],
  };
}

/** Puts a network of the same shape where another was: its next steps are the same, bit for bit. */
export async function restoreState(network: Sequential, state: NetworkState): Promise<void> {
  const { optimizer } = network;
  tf.tidy(() => {
    const shapes = network.getWeights().map(({ shape }) => shape);
    network.setWeights(state.weights.map((values, index) => tf.tensor(values, shapes[index])));
  });
  await optimizer.setWeights([
    { name: "iter", tensor: tf.scalar(state.iterations, "int32") },
    ...state.moments.map(({ shape, values }, index) => ({
      name: `moment-${index}`,
      tensor: tf.tensor(values, shape),
    })),
  ]);
  const { accBeta1, accBeta2 } = optimizer as unknown as AdamDecays;
  tf.tidy(() => {
    accBeta1.assign(tf.scalar(state.decays[0]));
    accBeta2.assign(tf.scalar(state.decays[1]));
  });
}
