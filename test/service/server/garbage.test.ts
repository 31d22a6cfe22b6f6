import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Garbage } from "#service/server/garbage.js";

const LARGE = 65_536;
const collect = vi.fn();

beforeEach(() => vi.stubGlobal("gc", collect));
afterEach(() => {
  vi.unstubAllGlobals();
  collect.mockClear();
});

async function letGo(garbage: Garbage, count: number, bytes = LARGE): Promise<number> {
  for (let buffer = 0; buffer < count; buffer += 1) {
    garbage.add(bytes);
  }
  await turn();
  return collect.mock.calls.length;
}

describe("garbage", () => {
  it("is collected once for so many bytes where memory is short", async () => {
    const garbage = new Garbage(4 * LARGE, 1);
    expect(await letGo(garbage, 3)).toBe(0);
    expect(await letGo(garbage, 8)).toBe(1);
    expect(await letGo(garbage, 3)).toBe(1);
    expect(await letGo(garbage, 1)).toBe(2);
  });

  it("is left to V8 where there is memory", async () => {
    expect(await letGo(new Garbage(4 * LARGE, 2 ** 40), 100)).toBe(0);
  });

  it("counts no small buffers, which go by themselves", async () => {
    expect(await letGo(new Garbage(4 * LARGE, 1), 1000, 1000)).toBe(0);
  });

  it("is left to V8 without --expose-gc", async () => {
    vi.stubGlobal("gc", undefined);
    expect(await letGo(new Garbage(4 * LARGE, 1), 100)).toBe(0);
  });
});
