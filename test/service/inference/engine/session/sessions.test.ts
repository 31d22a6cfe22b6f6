import { stat } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openInlineSession } from "#service/inference/engine/session/inline-session.js";
import type { Session } from "#service/inference/engine/session/session.js";
import { openHostedSession } from "#service/inference/engine/session/hosted-session.js";
import { startProcess, startThread } from "#service/inference/engine/session/session-host.js";
import type { Tensor } from "#service/tensors/tensor.js";
import type { ElementType } from "#service/onnx/element-type.js";
import { adaptFile, PLAIN, type Adaptation } from "#service/onnx/adapt/adapt-model.js";
import { broken, identity, lookUp, slow, upperCase, zipMapped } from "../../../../models/index.js";
import { floats } from "../repository-fixture.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sessions-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, model: Uint8Array): Promise<string> {
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, model);
  return path;
}

const DATA: [ElementType, Tensor][] = [
  ["BOOL", { datatype: "BOOL", shape: [1, 3], data: Uint8Array.of(0, 1, 1) }],
  ["UINT8", { datatype: "UINT8", shape: [1, 3], data: Uint8Array.of(0, 1, 255) }],
  ["UINT16", { datatype: "UINT16", shape: [1, 3], data: Uint16Array.of(0, 1, 65535) }],
  ["UINT32", { datatype: "UINT32", shape: [1, 3], data: Uint32Array.of(0, 1, 4294967295) }],
  ["UINT64", { datatype: "UINT64", shape: [1, 3], data: BigUint64Array.of(0n, 1n, 2n ** 64n - 1n) }],
  ["INT8", { datatype: "INT8", shape: [1, 3], data: Int8Array.of(-128, 0, 127) }],
  ["INT16", { datatype: "INT16", shape: [1, 3], data: Int16Array.of(-32768, 0, 32767) }],
  ["INT32", { datatype: "INT32", shape: [1, 3], data: Int32Array.of(-1, 0, 1) }],
  [
    "INT64",
    { datatype: "INT64", shape: [1, 3], data: BigInt64Array.of(-(2n ** 63n), 0n, 9007199254740993n) },
  ],
  ["FLOAT16", { datatype: "FP16", shape: [1, 3], data: Uint16Array.of(0x3c00, 0xbc00, 0x7bff) }],
  ["FLOAT", floats([1, 3], [-1, 0.5, 3e38])],
  ["DOUBLE", { datatype: "FP64", shape: [1, 3], data: Float64Array.of(-1, 0.1, 1e300) }],
  ["STRING", { datatype: "BYTES", shape: [1, 3], data: ["", "\u00fcber", "\u{1f600}"] }],
];

const OPTIONS = { intraOpThreads: 1, runLimitSeconds: 60 };

const OPENERS: [string, (path: string, adaptation?: Adaptation) => Promise<Session>][] = [
  ["on this thread", (path, adaptation) => openInlineSession(path, adaptation)],
  [
    "on its own thread",
    (path, adaptation = PLAIN) => openHostedSession(path, { ...OPTIONS, adaptation }, startThread),
  ],
  [
    "in its own process",
    (path, adaptation = PLAIN) => openHostedSession(path, { ...OPTIONS, adaptation }, startProcess),
  ],
];

describe.each(OPENERS)("a session %s", (where, open) => {
  it.each(DATA)("takes and gives %s exactly", async (elementType, tensor) => {
    const session = await open(await file(`${where}-${elementType}`, identity(elementType)));
    try {
      expect(session.inputs).toEqual([
        { name: "input", datatype: tensor.datatype, shape: [-1, 3], symbols: ["N", ""] },
      ]);
      expect(await session.run([tensor])).toEqual([tensor]);
    } finally {
      await session.release();
    }
  });

  it("runs a file that is changed on loading", async () => {
    const path = await file(`${where}-zip`, zipMapped(["a", "b", "c"], true));
    const { adaptation } = await adaptFile(path);
    const session = await open(path, adaptation);
    const distances = floats([1, 3], [1, 5, 3]);
    const label = { datatype: "INT64", shape: [1], data: BigInt64Array.of(1n) };
    expect(session.unservedOutputs).toEqual([]);
    expect(await session.run([distances])).toEqual([label, distances]);
    await session.release();
  });

  it("says why a file cannot be loaded, and not where it is", async () => {
    const path = await file("broken", broken());
    await expect(open(path)).rejects.toThrow("model.onnx cannot be loaded: Protobuf parsing failed.");
  });

  it("says which locale a graph needs that the machine lacks", async () => {
    const path = await file("locale", upperCase("xx_XX.UTF-8"));
    await expect(open(path)).rejects.toThrow(
      /^The model's StringNormalizer needs the locale 'xx_XX\.UTF-8', which this machine lacks\. Install it, /,
    );
  });

  it("says what is wrong with an input that the graph cannot compute, and goes on", async () => {
    const session = await open(await file("look-up", lookUp()));
    const at = (index: bigint): Tensor[] => [
      { datatype: "INT64", shape: [1], data: BigInt64Array.of(index) },
    ];
    await expect(session.run(at(7n))).rejects.toMatchObject({
      code: "unprocessable",
      message: expect.stringMatching(
        /^The model cannot compute this input: Gather: indices element out of/,
      ) as string,
    });
    expect(await session.run(at(1n))).toEqual([floats([1], [20])]);
    await session.release();
  });
});

describe("a session on its own thread", () => {
  it("leaves the event loop free while it runs", async () => {
    const path = await file("slow", slow());
    const session = await openHostedSession(path, { intraOpThreads: 1, runLimitSeconds: 60 }, startThread);
    const events: string[] = [];
    // From a callback of the file system the loop comes to its immediates before it looks for a thread's messages.
    await new Promise<void>((resolve) => stat(path, () => resolve()));
    const settled = session.run([floats([2, 1], [1, 1])]).then(() => events.push("settled"));
    // Asked for after the immediate in which a run on this thread would compute and settle.
    setImmediate(() => events.push("turned"));
    await settled;
    await session.release();
    expect(events).toEqual(["turned", "settled"]);
  });
});
