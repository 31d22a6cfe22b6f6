import { expect, it } from "vitest";
import { giveTurn } from "#service/server/turns.js";

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  let now: number;
  do {
    now = performance.now();
  } while (now < until);
}

async function work(slices: number, milliseconds: number): Promise<void> {
  for (let slice = 0; slice < slices; slice += 1) {
    busy(milliseconds);
    await giveTurn();
  }
}

it("Long works, however many, hold the event loop for a slice of one of them at a time", async () => {
  let done = false;
  let longest = 0;
  let last = performance.now();
  const watch = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (!done) {
      setImmediate(watch);
    }
  };
  setImmediate(watch);
  // Together 600 milliseconds.
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      await giveTurn();
      await work(10, 6);
    }),
  );
  done = true;
  expect(longest).toBeLessThan(100);
});
