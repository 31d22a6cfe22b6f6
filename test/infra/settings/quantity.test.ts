import { describe, expect, it } from "vitest";

import { cpuCores, memoryBytes } from "#infra/settings/quantity.js";

describe("a quantity", () => {
  it.each([
    ["250m", 0.25],
    ["1", 1],
    ["1.5", 1.5],
    ["lots", NaN],
    ["", NaN],
    ["-1", NaN],
  ])("of CPU %j is %d cores", (quantity, cores) => expect(cpuCores(quantity)).toBe(cores));

  it.each([
    ["256Mi", 268435456],
    ["1Gi", 1073741824],
    ["1G", 1000000000],
    ["500", 500],
    ["1GB", NaN],
  ])("of memory %j is %d bytes", (quantity, bytes) => expect(memoryBytes(quantity)).toBe(bytes));
});
