import { describe, expect, it } from "vitest";

import { chooseProvider, type Machine } from "#service/inference/engine/session/execution-provider.js";
import { onnxOptions } from "#service/inference/engine/session/session-options.js";

const LIBRARY = "/runtime/libonnxruntime_providers_cuda.so";

function machine(files: readonly string[], platform = "linux/x64"): Machine {
  return { platform, libraries: "/runtime", exists: (path) => files.includes(path) };
}

const complete = machine([LIBRARY, "/dev/nvidiactl"]);

describe("what computes models", () => {
  it("is a GPU where there is one, unless the CPU is asked for", () => {
    expect(chooseProvider("auto", complete)).toEqual({ provider: "cuda", fallback: "" });
    expect(chooseProvider("cuda", complete)).toEqual({ provider: "cuda", fallback: "" });
    expect(chooseProvider("cpu", complete)).toEqual({ provider: "cpu", fallback: "" });
    expect(chooseProvider("auto", machine([LIBRARY, "/dev/dxg"])).provider).toBe("cuda");
  });

  it.each([
    ["an image without CUDA", machine(["/dev/nvidiactl"]), "the image must be of the variant cuda."],
    ["a container without a GPU", machine([LIBRARY]), "has no GPU of NVIDIA."],
    ["another architecture", machine([LIBRARY, "/dev/nvidiactl"], "linux/arm64"), "this is linux/arm64."],
  ])("is the CPU in %s, which is said where a GPU was asked for", (_, found, reason) => {
    expect(chooseProvider("auto", found)).toEqual({ provider: "cpu", fallback: "" });
    const { provider, fallback } = chooseProvider("cuda", found);
    expect(provider).toBe("cpu");
    expect(fallback).toMatch(/^Its runs are on the CPU, not on a GPU\. /);
    expect(fallback).toContain(reason);
  });

  it("is the CPU here, whatever is asked for", () => {
    expect(chooseProvider("auto")).toEqual({ provider: "cpu", fallback: "" });
    expect(chooseProvider("cuda").fallback).not.toBe("");
  });

  it("is told to the runtime, with the CPU for what a GPU cannot", () => {
    expect(onnxOptions("m", "m", 1).executionProviders).toEqual(["cpu"]);
    expect(onnxOptions("m", "m", 1, "cuda").executionProviders).toEqual([
      { name: "cuda", deviceId: 0 },
      "cpu",
    ]);
  });
});
