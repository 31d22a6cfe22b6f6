import { expect, it } from "vitest";
import { joinInTurns, jsonPieces } from "#service/server/http/pieces.js";

function* pieces(count: number): Generator<string> {
  for (let index = 0; index < count; index += 1) {
    yield `${index},`.padStart(100);
  }
}

it("A short answer is whole", () => {
  expect(jsonPieces(pieces(3))).toEqual({ status: 200, body: [...pieces(3)].join("") });
});

it("A long answer comes piece by piece, and between them others have their turn", async () => {
  const { body } = jsonPieces(pieces(10_000));
  if (typeof body === "string" || body instanceof Uint8Array) {
    throw new Error("it is whole");
  }
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const texts: string[] = [];
  for await (const piece of body) {
    texts.push(String(piece));
    // Each piece is longer in the making than a slice of the loop.
    const until = performance.now() + 6;
    let now: number;
    do {
      now = performance.now();
    } while (now < until);
  }
  clearImmediate(next);
  expect(texts.join("")).toBe([...pieces(10_000)].join(""));
  expect(texts.length).toBeGreaterThan(5);
  expect(turns).toBeGreaterThanOrEqual(texts.length - 2);
});

it("A text can be joined from its pieces", async () => {
  expect(await joinInTurns(pieces(5000))).toBe([...pieces(5000)].join(""));
});
