import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MODELS_FOLDER } from "#service/paths.js";
import { ServiceFixture } from "../../inference/service-fixture.js";
import { digits, squareOf } from "./held-out-digits.js";
import { enlarged, photograph, toSharp, type Square } from "./photograph.js";

describe("the model that ships recognises held-out digits as from their raw pixels", () => {
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await ServiceFixture.start(() => Promise.resolve(), {}, { repository: MODELS_FOLDER });
  });
  afterAll(() => service.stop());

  async function label(body: Uint8Array, type: string): Promise<string | undefined> {
    const response = await service.post("/predict", body, { "content-type": type });
    const answer = (await response.json()) as { predictions?: { label: string }[]; error?: string };
    return answer.predictions?.[0]?.label ?? answer.error;
  }

  const drawn = async (square: Square, side: number): Promise<Sharp> => toSharp(await enlarged(square, side));

  const WAYS: [string, string, (square: Square) => Promise<Buffer>][] = [
    ["as a PNG", "image/png", (square) => toSharp(square).png().toBuffer()],
    ["as a JPEG", "image/jpeg", (square) => toSharp(square).jpeg().toBuffer()],
    ["black on white", "image/png", (square) => toSharp(square).negate().png().toBuffer()],
    ["drawn large", "image/png", async (square) => (await drawn(square, 280)).png().toBuffer()],
    [
      "drawn large, black on white",
      "image/webp",
      async (square) => (await drawn(square, 280)).negate().webp().toBuffer(),
    ],
    [
      "drawn in a corner of a wide page",
      "image/png",
      async (square) =>
        (await drawn(square, 120))
          .extend({ left: 300, bottom: 150, right: 9, background: "black" })
          .negate()
          .png()
          .toBuffer(),
    ],
    ["as strokes without paper, black", "image/png", (square) => strokes(square, 0)],
    ["as strokes without paper, white", "image/png", (square) => strokes(square, 255)],
    [
      "photographed",
      "image/jpeg",
      (square) =>
        photograph(square, {
          side: 400,
          glyph: 220,
          left: 60,
          top: 110,
          light: [200, 120],
          ink: 0.2,
          noise: 6,
        }),
    ],
    [
      "photographed small, in bad light",
      "image/jpeg",
      (square) =>
        photograph(square, {
          side: 600,
          glyph: 150,
          left: 380,
          top: 60,
          light: [230, 70],
          ink: 0.2,
          noise: 8,
        }),
    ],
    [
      "photographed from a blackboard",
      "image/jpeg",
      (square) =>
        photograph(square, {
          side: 400,
          glyph: 220,
          left: 60,
          top: 110,
          light: [60, 35],
          ink: 3.5,
          noise: 4,
        }),
    ],
  ];

  async function strokes(square: Square, grey: number): Promise<Buffer> {
    const { side, pixels } = await enlarged(square, 200);
    const rgba = Buffer.from([...pixels].flatMap((alpha) => [grey, grey, grey, alpha]));
    return sharp(rgba, { raw: { width: side, height: side, channels: 4 } })
      .png()
      .toBuffer();
  }

  it.each(WAYS)("%s", async (_, type, picture) => {
    const raw: unknown[] = [];
    const seen: unknown[] = [];
    for (const digit of digits) {
      const square = squareOf(digit);
      raw.push(await label(square.pixels, "application/octet-stream"));
      seen.push(await label(await picture(square), type));
    }
    expect(seen).toEqual(raw);
  });
});
