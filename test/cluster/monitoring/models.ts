import { slow } from "../../models/index.js";
import { quadrants, quadrantsConfig } from "../../models/pictures.js";
import type { MountedModel } from "./mounted-model.js";

/** 27 billion operations a row: more than half a second on the third of a core that the test gives a replica. */
const LAYERS = 800;

/** A model that is slow, made the default, with a second version that cannot be loaded. */
export const BAD: MountedModel = {
  name: "slow",
  files: {
    "1/model.onnx": slow(LAYERS, 256),
    "2/model.onnx": Buffer.from("no model"),
    // One row a run, so that it is not warmed up with more, which would take long; and little room to wait.
    "config.json": json({ maxBatchSize: 1, queueRows: 1 }),
  },
  isDefault: true,
};

/**
 * A model whose traffic is divided between the stable version, one that answers otherwise, which gets copies too, and one that
 * is not there.
 */
export const DIVIDED: MountedModel = {
  name: "divided",
  files: {
    "1/model.onnx": quadrants(),
    "2/model.onnx": quadrants(1),
    "config.json": json({
      ...quadrantsConfig,
      labels: { stable: "1", canary: "2", gone: "3" },
      traffic: { stable: 60, canary: 20, gone: 20 },
      shadow: { version: "canary", percent: 100 },
    }),
  },
  isDefault: false,
};

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
