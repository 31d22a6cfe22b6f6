import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Watcher } from "#service/inference/engine/repository/watcher.js";

const silent = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
});
afterEach(() => vi.useRealTimers());

describe("the watcher", () => {
  it("looks every few seconds, and not once it is stopped", async () => {
    const look = vi.fn(() => Promise.resolve());
    const watcher = new Watcher(5, look, silent);
    watcher.start();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(look).toHaveBeenCalledTimes(3);
    watcher.stop();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(look).toHaveBeenCalledTimes(3);
  });

  it("never looks twice at once", async () => {
    let finish: (() => void) | undefined;
    const look = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const watcher = new Watcher(1, look, silent);
    watcher.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(look).toHaveBeenCalledTimes(1);
    finish?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(look).toHaveBeenCalledTimes(2);
    watcher.stop();
  });

  it("goes on after a look that failed, and logs it", async () => {
    const look = vi.fn(() => Promise.reject(new Error("no disk")));
    const watcher = new Watcher(1, look, silent);
    watcher.start();
    await vi.advanceTimersByTimeAsync(2000);
    expect(look).toHaveBeenCalledTimes(2);
    expect(silent.warn).toHaveBeenCalledWith({ reason: "no disk" }, "model repository not read");
    watcher.stop();
  });

  it("does not look at all with 0 seconds", async () => {
    const look = vi.fn(() => Promise.resolve());
    new Watcher(0, look, silent).start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).not.toHaveBeenCalled();
  });
});
