import { describe, expect, it } from "vitest";
import { Fifo } from "#service/inference/engine/batching/fifo.js";

describe("a queue", () => {
  it("gives items in the order they came in, over thousands of rounds", () => {
    const queue = new Fifo<number>();
    const taken: (number | undefined)[] = [];
    for (let item = 0; item < 5000; item += 1) {
      queue.push(item);
      if (item % 3 !== 0) {
        taken.push(queue.shift());
      }
    }
    while (queue.length > 0) {
      taken.push(queue.shift());
    }
    expect(taken).toEqual(Array.from({ length: 5000 }, (_, item) => item));
    expect(queue.shift()).toBeUndefined();
  });

  it("can be looked into from its head", () => {
    const queue = new Fifo<string>();
    for (const item of ["a", "b", "c"]) {
      queue.push(item);
    }
    queue.shift();
    expect([queue.at(0), queue.at(1), queue.at(2)]).toEqual(["b", "c", undefined]);
  });

  it("takes unwanted items out and keeps the order of the others", () => {
    const queue = new Fifo<number>();
    for (const item of [1, 2, 3, 4, 5]) {
      queue.push(item);
    }
    queue.shift();
    expect(queue.remove((item) => item % 2 === 0)).toEqual([2, 4]);
    expect([queue.length, queue.shift(), queue.shift()]).toEqual([2, 3, 5]);
  });
});
