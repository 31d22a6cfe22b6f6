import { expect, it } from "vitest";
import { Gate } from "#service/server/gate.js";

it("A gate lets a few in at once, in the order of their coming, also past failures", async () => {
  const gate = new Gate(2);
  const order: number[] = [];
  let inside = 0;
  let most = 0;
  const task = (name: number) => async (): Promise<number> => {
    order.push(name);
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    if (name === 1) {
      throw new Error("one");
    }
    return name;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map((name) => gate.run(task(name))));
  expect(results.map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  expect(await gate.run(task(5))).toBe(5);
});
