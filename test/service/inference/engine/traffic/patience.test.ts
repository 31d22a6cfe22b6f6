import { expect, it } from "vitest";
import { patience } from "#service/inference/engine/traffic/patience.js";

function stable(milliseconds: number) {
  return { estimate: { milliseconds: () => milliseconds }, queuedRows: 0, runningRows: 0 };
}

it.each<[number | undefined, number, number | undefined]>([
  [30_000, 5, 15_000],
  [100, 5, 50],
  [100, 60, undefined],
  [undefined, 5, undefined],
  [Infinity, 5, undefined],
  [-10, 0, undefined],
  [2 ** 40, 5, 2 ** 31 - 1],
])("of %s ms, with a stable version that takes %d ms, another has %s", (left, takes, expected) => {
  expect(patience(left, stable(takes), 0)).toBe(expected);
});
