import { expect, it } from "vitest";
import { jensenShannon } from "#service/inference/engine/traffic/jensen-shannon.js";

/** By `scipy.spatial.distance.jensenshannon(p, q, 2.0)`: the first three are in its documentation. */
it.each<[number[], number[], number]>([
  [[1, 0, 0], [0, 1, 0], 1],
  [[1, 0], [0.5, 0.5], 0.46450140402245893 / Math.sqrt(Math.LN2)],
  [[1, 0, 0], [1, 0, 0], 0],
  [[2, 0], [1, 1], 0.46450140402245893 / Math.sqrt(Math.LN2)],
  [[0.1, 0.2, 0.7], [0.7, 0.2, 0.1], Math.sqrt(0.7 * Math.log2(1.75) - 0.2)],
])("the distance of %j and %j is %d", (left, right, distance) => {
  expect(jensenShannon(left, right)).toBeCloseTo(distance, 10);
  expect(jensenShannon(right, left)).toBeCloseTo(distance, 10);
});

it("is whole where only the other is no distribution, and none where the first is", () => {
  for (const odd of [
    [NaN, 1],
    [Infinity, 1],
    [-1, 2],
    [0, 0],
  ]) {
    expect(jensenShannon([0.5, 0.5], odd)).toBe(1);
    expect(jensenShannon(odd, [0.5, 0.5])).toBeUndefined();
  }
});
