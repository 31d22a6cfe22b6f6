import type { Tensor } from "../../tensors/tensor.js";
import type { Tell } from "../protocols/infer.js";
import type { EventSender } from "./event-sender.js";

/** Which models' inputs go with what they answered: none, those that take rows, or those that take pictures too. */
export const PAYLOADS = ["none", "rows", "all"] as const;

export interface Telling {
  /** Share of the requests that are told, 0 to 1. */
  readonly sample: number;
  readonly payloads: (typeof PAYLOADS)[number];
}

/** Tells of what models answer through `sender`. */
export function tellPredictions({ sample, payloads }: Telling, sender: EventSender): Tell {
  return ({ id }, { model, inputs }) => {
    if (sample < 1 && Math.random() >= sample) {
      return undefined;
    }
    const { name, version, config } = model;
    const isTold = payloads === "all" || (payloads === "rows" && config.preprocess === undefined);
    // Before the model runs: the inputs' memory goes to other requests afterwards.
    const asked = isTold ? copied(inputs) : undefined;
    return ({ outputs }) =>
      sender.offer({
        id,
        time: Date.now(),
        model: name,
        version,
        postprocess: config.postprocess,
        inputs: asked,
        outputs: copied(outputs),
      });
  };
}

/** A tensor may be a view of a whole batch's memory, which would be kept with it. */
function copied(tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  );
}
