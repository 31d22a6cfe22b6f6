import { expect, it } from "vitest";

import { isReady } from "#infra/commands/deployed/port-forward.js";

const ready = { conditions: [{ type: "Ready", status: "True" }] };

it("leads to a pod that is ready and stays: one that ends still answers, as the version before", () => {
  expect(isReady({ status: ready })).toBe(true);
  expect(isReady({ status: { conditions: [{ type: "Ready", status: "False" }] } })).toBe(false);
  expect(isReady({ metadata: { deletionTimestamp: new Date() }, status: ready })).toBe(false);
});
