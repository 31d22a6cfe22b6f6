import { Agent, request, type RequestOptions } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bestOf } from "./best-of.js";
import { identity } from "../../models/arithmetic.js";
import { quadrants, quadrantsConfig } from "../../models/pictures.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";
import { Program } from "./program.js";

const MAIN = new URL("../../../service/src/main.ts", import.meta.url);

/** Bytes of a body: as many as the server takes by default. */
const BYTES = 16 * 2 ** 20 - 1000;

let repository: RepositoryFixture;
let server: Program;
let port: number;

beforeAll(async () => {
  repository = await RepositoryFixture.create();
  await repository.putModel("floats", "1", identity("FLOAT", ["N", "M"]));
  await repository.putModel("longs", "1", identity("INT64", ["N", "M"]));
  await repository.putModel("texts", "1", identity("STRING", ["N", "M"]));
  await repository.putModel("quadrants", "1", quadrants());
  await repository.putConfig("quadrants", quadrantsConfig);
  server = new Program(MAIN, ["serve"], {
    HOST: "127.0.0.1",
    PORT: "0",
    MODEL_REPOSITORY: repository.root,
    QUEUE_ROWS: "1000000",
    REQUEST_TIMEOUT_SECONDS: "120",
  });
  const [, said] = await server.says(/serving on http:\/\/localhost:(\d+)/);
  port = Number(said);
});
afterAll(async () => {
  server.signal("SIGKILL");
  await repository.dispose();
});

const agent = new Agent({ keepAlive: true });

interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly begin: string;
}

function send(options: RequestOptions, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, ...options }, (response) => {
      let bytes = 0;
      let begin = "";
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        begin = begin.length < 300 ? (begin + chunk.toString("latin1", 0, 300)).slice(0, 300) : begin;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes, begin }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Milliseconds of the slowest probe on a connection of its own while `work` is under way, and what came of it. */
async function beside<T>(work: () => Promise<T>): Promise<{ slowest: number; result: T }> {
  let slowest = 0;
  let done = false;
  const result = work().finally(() => {
    done = true;
  });
  while (!done) {
    const began = performance.now();
    await send({ path: "/livez", agent });
    slowest = Math.max(slowest, performance.now() - began);
    await sleep(5);
  }
  return { slowest, result: await result };
}

/** As many `items` as a body takes, between `head` and `tail`. */
function filled(head: string, item: string, tail: string): Buffer {
  const count = Math.floor((BYTES - head.length - tail.length - item.length) / (item.length + 1));
  return Buffer.from(`${head}${`${item},`.repeat(count)}${item}${tail}`);
}

function v2(datatype: string, item: string, bytes = BYTES): Buffer {
  const count = Math.floor((bytes - 200) / (item.length + 1));
  const head = `{"inputs":[{"name":"input","datatype":"${datatype}","shape":[1,${count}],"data":[`;
  return Buffer.from(`${head}${`${item},`.repeat(count - 1)}${item}]}]}`);
}

const V2_FLOATS = "/v2/models/floats/infer";
const V2_LONGS = "/v2/models/longs/infer";
const V2_TEXTS = "/v2/models/texts/infer";
const PREDICT = "/predict?model=floats";
const ROW = `[${Array.from({ length: 784 }, (_, at) => (Math.sin(at) / 3).toFixed(6)).join(",")}]`;
const KEYS = Array.from({ length: 80_000 }, (_, at) => `"k${at}":1`).join(",");

const ANSWERED: [string, string, () => Buffer][] = [
  ["long floats", V2_FLOATS, () => v2("FP32", "0.12345678901234567")],
  ["short numbers", V2_FLOATS, () => v2("FP32", "1")],
  ["bare NaN", V2_FLOATS, () => v2("FP32", "NaN")],
  ["long integers", V2_LONGS, () => v2("INT64", "-9223372036854775808")],
  ["short integers", V2_LONGS, () => v2("INT64", "7", BYTES / 2)],
  ["short texts", V2_TEXTS, () => v2("BYTES", '"ab"', 500_000)],
  ["long texts", V2_TEXTS, () => v2("BYTES", `"${"ab, [\\n".repeat(2000)}"`)],
  ["rows of pictures", PREDICT, () => filled('{"instances":[', ROW, "]}")],
  [
    "short rows",
    PREDICT,
    () => Buffer.from(`{"instances":[${"[5.1,3.5,1.4,0.2],".repeat(200_000)}[1,2,3,4]]}`),
  ],
  [
    "rows by name",
    PREDICT,
    () => Buffer.from(`{"instances":[${'{"input":[5.1,3.5,1.4,0.2]},'.repeat(100_000)}{"input":[1,2,3,4]}]}`),
  ],
];

const REFUSED: [string, string, () => Buffer, RegExp][] = [
  ["deep lists", PREDICT, () => Buffer.from("[".repeat(BYTES)), /32 deep/],
  ["100,000 brackets", PREDICT, () => Buffer.from("[".repeat(100_000) + "]".repeat(100_000)), /32 deep/],
  ["deep objects", V2_FLOATS, () => Buffer.from('{"a":'.repeat(3_000_000)), /32 deep/],
  [
    "a number of millions of digits",
    V2_LONGS,
    () => Buffer.from(`{"inputs":[${"7".repeat(4_000_000)}]}`),
    /1000 characters/,
  ],
  [
    "a number of 15,000 digits",
    V2_LONGS,
    () => Buffer.from(`{"inputs":[${"7".repeat(15_000)}]}`),
    /1000 characters/,
  ],
  ["empty lists", PREDICT, () => filled('{"instances":[', "[]", "]}"), /1000 empty/],
  ["empty lists as tensors", V2_FLOATS, () => filled('{"inputs":[', "[]", "]}"), /1000 empty/],
  ["lists of one value", PREDICT, () => filled('{"instances":[', "[1]", "]}"), /250000 lists/],
  ["numbers as tensors", V2_FLOATS, () => filled('{"inputs":[', "1", "]}"), /inputs/],
  ["numbers as outputs", V2_FLOATS, () => filled('{"inputs":[],"outputs":[', "1", "]}"), /outputs/],
  [
    "a shape of millions",
    V2_FLOATS,
    () => filled('{"inputs":[{"name":"input","datatype":"FP32","shape":[', "1", "]}]}"),
    /shape/,
  ],
  ["80,000 parameters", V2_FLOATS, () => Buffer.from(`{"inputs":[],"parameters":{${KEYS}}}`), /10000 keys/],
  [
    "80,000 parameters of a tensor",
    V2_FLOATS,
    () => Buffer.from(`{"inputs":[{"name":"input","parameters":{${KEYS}}}]}`),
    /10000 keys/,
  ],
  [
    "keys, each in an object of its own",
    PREDICT,
    () => filled('{"instances":[', '{"abcdefgh":1}', "]}"),
    /250000 lists/,
  ],
  [
    "a shape that is not there",
    V2_FLOATS,
    () =>
      Buffer.from(
        `{"inputs":[{"name":"input","datatype":"FP32","shape":[20000,20000],"data":[[${"1,".repeat(19_999)}1],${"1,".repeat(19_998)}1]}]}`,
      ),
    /data\[1\]/,
  ],
  [
    "instances that are not there",
    PREDICT,
    () =>
      Buffer.from(`{"instances":[[${"1,".repeat(19_999)}1],${"[],".repeat(999)}${"1,".repeat(18_999)}1]}`),
    /instances\[1\]/,
  ],
  [
    "columns that are not there",
    PREDICT,
    () => Buffer.from(`{"inputs":[[${"1,".repeat(19_999)}1],${"1,".repeat(19_998)}1]}`),
    /inputs\[1\]/,
  ],
  ["millions of texts", V2_TEXTS, () => v2("BYTES", '"ab"'), /100000/],
  ["commas", PREDICT, () => Buffer.from(`{"instances":[${",".repeat(BYTES - 20)}`), /not valid JSON/],
  ["quotes", PREDICT, () => Buffer.from('"'.repeat(BYTES)), /not valid JSON/],
  ["spaces", PREDICT, () => Buffer.from(" ".repeat(BYTES)), /not valid JSON/],
  ["slashes", PREDICT, () => Buffer.from(`"${"\\".repeat(BYTES - 1)}`), /not valid JSON/],
  ["words", PREDICT, () => filled("[", "NaN NaN", ""), /not valid JSON/],
  ["a fault at the end", V2_FLOATS, () => filled('{"inputs":[', "1", "]]"), /not valid JSON/],
  [
    "text that is no picture",
    "/predict?model=quadrants",
    () => Buffer.from(`{"image":"${"\\u0041".repeat(2_500_000)}"}`),
    /picture/,
  ],
];

const json = { "content-type": "application/json" };

/** Milliseconds within which a probe is answered beside so many bodies at once: those of several are sent from here too. */
const PROMPT: readonly (readonly [count: number, milliseconds: number])[] = [
  [1, 100],
  [4, 250],
];

describe.each(PROMPT)("beside %i at once, a probe is answered within %i milliseconds:", (count, promptMs) => {
  const together = (path: string, body: Buffer): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, () => send({ method: "POST", path, headers: json }, body)));

  it.each(ANSWERED)("%s", { timeout: 120_000 }, async (_, path, make) => {
    const body = make();
    const slowest = await bestOf(promptMs, async () => {
      const { slowest, result } = await beside(() => together(path, body));
      const heads = result.map(({ status, begin }) => `${status} ${begin.slice(0, 150)}`);
      expect(heads.sort()).toEqual(
        // Of several with so many rows, a queue may be full of the first.
        Array.from({ length: count }, (__, at): unknown =>
          expect.stringMatching(at === 0 ? /^200 / : /^200 |^503 .*queue_full/),
        ),
      );
      return slowest;
    });
    expect(slowest).toBeLessThan(promptMs);
  });

  it.each(REFUSED)("%s", { timeout: 120_000 }, async (_, path, make, reason) => {
    const body = make();
    const slowest = await bestOf(promptMs, async () => {
      const { slowest, result } = await beside(() => together(path, body));
      expect(result.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 400));
      expect(result[0]?.begin).toMatch(reason);
      return slowest;
    });
    expect(slowest).toBeLessThan(promptMs);
  });
});
