import { describe, expect, it } from "vitest";
import { randomFrom } from "#service/inference/engine/loading/random-inputs.js";
import { parseJson } from "#service/server/http/json-body.js";
import { LongList } from "#service/server/http/long-list.js";

const CALL = { cancelled: false, deadline: Infinity, hold: () => undefined };

function parse(text: string, exact = false): Promise<unknown> {
  return parseJson(CALL, Buffer.from(text), exact);
}

/** Text of a random JSON value, with what is awkward to cut: commas and brackets in strings, keys that come twice, spaces. */
function randomJson(random: () => number, depth: number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const space = (): string => (random() < 0.1 ? pick([" ", "\n", "  \t"]) : "");
  const text = (): string =>
    pick([
      '"a,b"',
      '"\\"],["',
      '"\\\\"',
      '"[{"',
      '"}],"',
      '""',
      '"é,日本"',
      '"\\u0041,"',
      '"__proto__"',
      '"1"',
      '"x"',
    ]);
  if (depth === 0 || random() < 0.2) {
    return pick(["1", "-2.5e3", "true", "null", "false", "0.1", text(), text()]);
  }
  const items = Array.from({ length: Math.floor(random() * 12) + 1 }, () => {
    const value = randomJson(random, depth - 1);
    return space() + value + space();
  });
  return random() < 0.5
    ? `[${items.join(",")}]`
    : `{${items.map((item) => `${space()}${text()}${space()}:${item}`).join(",")}}`;
}

/** Several cuts long, with a deep value at each. */
function randomBody(seed: number): string {
  const random = randomFrom(seed);
  const items: string[] = [];
  for (let length = 0; length < 300_000;) {
    const item = randomJson(random, 6);
    items.push(item);
    length += item.length;
  }
  return random() < 0.5
    ? `{"a":{"b,":[${items.join(",")}],"c":1},"a,":2}`
    : `[[{"1":0,"__proto__":[${items.join(",")}]}],3]`;
}

const SEEDS = Array.from({ length: 8 }, (_, seed) => seed);

describe("a large body", () => {
  it.each(SEEDS)("becomes what JSON.parse makes of it, wherever it is cut (%i)", async (seed) => {
    const text = randomBody(seed);
    const value = await parse(text);
    expect(JSON.stringify(value) === JSON.stringify(JSON.parse(text))).toBe(true);
  });

  it.each(SEEDS)("is refused when JSON.parse refuses it (%i)", async (seed) => {
    const random = randomFrom(1000 + seed);
    const text = randomBody(seed);
    for (let change = 0; change < 20; change += 1) {
      const at = Math.floor(random() * text.length);
      const put = ["", ",", "]", "}", "[", "{", ":", '"', " ", "1", "x"][Math.floor(random() * 11)] ?? "";
      const changed = text.slice(0, at) + put + text.slice(at + 1);
      const expected = tryParse(changed);
      const actual = await parse(changed).then(JSON.stringify, () => undefined);
      expect(actual === expected).toBe(true);
    }
  });

  it("keeps all digits of long integers, and bare NaN, in every part", async () => {
    const value = await parse(`[${"9007199254740993,NaN,".repeat(10_000)}1]`, true);
    expect((value as unknown[]).slice(-3)).toEqual([9_007_199_254_740_993n, "\0NaN", 1]);
  });

  it("may begin with a byte order mark", async () => {
    expect(await parse(`\ufeff[${"1,".repeat(50_000)}1]`)).toHaveLength(50_001);
  });

  it("has lists of more than 250,000 values in parts", async () => {
    const { data, end } = (await parse(`{"data":[${"1.5,".repeat(300_000)}2],"end":true}`)) as {
      data: LongList;
      end: boolean;
    };
    expect(data).toBeInstanceOf(LongList);
    expect([data.length, data.at(0), data.parts.at(-1)?.at(-1), end]).toEqual([300_001, 1.5, 2, true]);
    expect(data.parts.flat()).toHaveLength(300_001);
  });

  it("is not parsed when nobody waits for the answer any more", async () => {
    const body = Buffer.from(`[${"1,".repeat(50_000)}1]`);
    await expect(
      parseJson({ cancelled: true, deadline: Infinity, hold: () => undefined }, body),
    ).rejects.toMatchObject({
      code: "client_closed_request",
    });
    await expect(
      parseJson({ cancelled: false, deadline: 0, hold: () => undefined }, body),
    ).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
  });
});

function tryParse(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

describe("a body beyond a limit is refused before it is parsed, with the limit:", () => {
  const keys = Array.from({ length: 10_001 }, (_, at) => `"k${at}":1`).join(",");

  it.each([
    ["deep lists", "[".repeat(100_000) + "]".repeat(100_000), /nested more than 32 deep \(seen at byte 32\)/],
    ["deep objects", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, /nested more than 32 deep/],
    ["a long number", `[${"7".repeat(4_000_000)}]`, /a number of more than 1000 characters/],
    ["a long fraction", `[0.${"7".repeat(20_000)}]`, /a number of more than 1000 characters/],
    ["empty lists", `[${"[],".repeat(10_000)}1]`, /more than 1000 empty lists and objects/],
    ["empty objects with spaces", `[${"{ },".repeat(10_000)}1]`, /more than 1000 empty lists and objects/],
    ["lists", `[${"[1],".repeat(300_000)}1]`, /more than 250000 lists and objects/],
    ["keys", `{${keys}}`, /an object with more than 10000 keys/],
  ])("%s", async (_, text, limit) => {
    const began = performance.now();
    await expect(parse(text)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(limit) as string,
    });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each([
    ["as deep", "[".repeat(32) + "1,".repeat(10_000) + "1" + "]".repeat(32)],
    ["as long a number", `[${"1,".repeat(10_000)}0.${"7".repeat(998)}]`],
    ["as many empty lists", `[${"[],".repeat(1000)}${"1,".repeat(10_000)}1]`],
    ["as many keys", `{${keys.slice(0, keys.lastIndexOf(","))}}`],
  ])("not one that is %s as may be", async (_, text) => {
    expect(JSON.stringify(await parse(text))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it("and a small one with a long integer or deep lists when integers are wanted exactly", async () => {
    expect(await parse(`[${"7".repeat(900)}]`, true)).toEqual([Number("7".repeat(900))]);
    await expect(parse(`[${"7".repeat(15_000)}]`, true)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(parse(`${"[".repeat(7000)}9007199254740993${"]".repeat(7000)}`, true)).rejects.toMatchObject(
      { code: "invalid_input" },
    );
  });
});
