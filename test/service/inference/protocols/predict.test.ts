import { crc32 } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sumOfRow } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(
    async (repository) => {
      await repository.putModel("quadrants", "1", quadrants());
      await repository.putConfig("quadrants", quadrantsConfig);
      await repository.putModel("sum", "3", sumOfRow());
    },
    { MAX_BODY_BYTES: "20000" },
    { defaultModel: "quadrants" },
  );
});
afterAll(() => service.stop());

const OCTETS = { "content-type": "application/octet-stream" };
const PNG = { "content-type": "image/png" };
const pixels = brightIn(2);
const values = Array.from(pixels, (pixel) => pixel / 255);
function picture(format: "png" | "jpeg" | "webp", raw = pixels): Promise<Uint8Array> {
  return sharp(raw, { raw: { width: 4, height: 4, channels: 1 } })
    .resize(32, 32, { kernel: "nearest" })
    .toFormat(format)
    .toBuffer();
}

/** The status and the first prediction's label, or what went wrong. */
async function outcome(response: Promise<Response>): Promise<unknown> {
  const { status, headers } = await response;
  expect(headers.get("content-type")).toBe("application/json");
  const body = (await (await response).json()) as {
    predictions?: { label: string }[];
    code?: string;
    path?: string;
  };
  return status === 200 ? body.predictions?.map(({ label }) => label) : [status, body.code, body.path];
}

describe("POST /predict takes", () => {
  const expected = ["bottom left"];

  it("rows of pixels", async () => {
    expect(await outcome(service.post("/predict", pixels, OCTETS))).toEqual(expected);
    const three = Buffer.concat([brightIn(0), brightIn(3), brightIn(1)]);
    expect(await outcome(service.post("/predict", three, OCTETS))).toEqual([
      "top left",
      "bottom right",
      "top right",
    ]);
  });

  it("little-endian floats", async () => {
    const floats = Buffer.from(Float32Array.from(values).buffer);
    expect(await outcome(service.post("/predict", floats, OCTETS))).toEqual(expected);
    const two = Buffer.concat([floats, floats]);
    expect(await outcome(service.post("/predict?datatype=FP32", two, OCTETS))).toEqual([
      ...expected,
      ...expected,
    ]);
  });

  it("JSON instances, flat, nested, named and in columns", async () => {
    const nested = [0, 4, 8, 12].map((start) => values.slice(start, start + 4));
    for (const body of [
      { instances: [values] },
      { instances: [nested] },
      { instances: [{ pixels: values }] },
      { inputs: [values] },
      { inputs: { pixels: [values] } },
    ]) {
      expect(await outcome(service.post("/predict", body))).toEqual(expected);
    }
  });

  it.each(["png", "jpeg", "webp"] as const)("a %s picture", async (format) => {
    const bytes = await picture(format);
    expect(await outcome(service.post("/predict", bytes, { "content-type": `image/${format}` }))).toEqual(
      expected,
    );
    const base64 = Buffer.from(bytes).toString("base64");
    expect(await outcome(service.post("/predict", { image: base64 }))).toEqual(expected);
    const image = `data:image/${format};base64,${base64}`;
    expect(await outcome(service.post("/predict", { image }))).toEqual(expected);
    expect(await outcome(service.post("/predict", { instances: [{ b64: base64 }] }))).toEqual(expected);
  });

  it("the files of a form", async () => {
    const form = new FormData();
    form.append("comment", "two pictures");
    form.append("image", new Blob([await picture("png")], { type: "image/png" }), "digit.png");
    form.append("other", new Blob([await picture("jpeg", brightIn(1))]), "digit.jpg");
    expect(await outcome(service.post("/predict", form))).toEqual(["bottom left", "top right"]);
  });
});

describe("POST /predict answers", () => {
  it("the model, its version and the top labels", async () => {
    const answer = (await (await service.post("/predict", pixels, OCTETS)).json()) as object;
    expect(answer).toEqual({
      model: "quadrants",
      version: "1",
      predictions: [
        {
          label: "bottom left",
          probability: expect.closeTo(0.948, 3) as number,
          top: [
            { label: "bottom left", probability: expect.closeTo(0.948, 3) as number },
            { label: "top left", probability: expect.closeTo(0.017, 3) as number },
          ],
        },
      ],
    });
  });

  it("as many labels as ?top= asks for", async () => {
    const answer = await service.post("/predict?top=9", pixels, OCTETS);
    const { predictions } = (await answer.json()) as { predictions: { top: { label: string }[] }[] };
    expect(predictions[0]?.top.map(({ label }) => label)).toEqual([
      "bottom left",
      "top left",
      "top right",
      "bottom right",
    ]);
  });

  it("the picture as the model received it to ?view=true", async () => {
    const answer = await service.post("/predict?view=true", pixels, OCTETS);
    const { predictions } = (await answer.json()) as { predictions: { view: object }[] };
    expect(predictions[0]?.view).toEqual({
      width: 4,
      height: 4,
      channels: 1,
      pixels: Buffer.from(pixels).toString("base64"),
    });
  });

  it("the outputs' values for a model without labels", async () => {
    const response = await service.post("/predict?model=sum&version=3", {
      instances: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(await response.json()).toEqual({ model: "sum", version: "3", predictions: [[13], [31]] });
  });
});

describe("POST /predict refuses", () => {
  it.each([
    ["?top=0", "top"],
    ["?top=many", "top"],
    ["?view=maybe", "view"],
  ])("%s", async (query, path) => {
    const refused = outcome(service.post(`/predict${query}`, pixels, OCTETS));
    expect(await refused).toEqual([400, "invalid_input", path]);
  });

  const instances = (change: (row: unknown[]) => void): object => {
    const row: unknown[] = [...values];
    change(row);
    return { instances: [values, row] };
  };
  const post = (body: unknown, headers?: Record<string, string>, query = ""): Promise<unknown> =>
    outcome(service.post(`/predict${query}`, body, headers));

  it.each<[string, unknown, unknown]>([
    ["text for a number", instances((row) => (row[7] = "1")), "instances[1][7]"],
    ["an array for a number", instances((row) => (row[3] = [1])), "instances[1][3]"],
    ["a number too large for 32 bits", instances((row) => (row[5] = 1e39)), "instances[1][5]"],
    ["a row that is too short", instances((row) => row.pop()), "instances[1]"],
    ["rows that are all too short", { instances: [[1, 2, 3]] }, "instances[0]"],
    ["rows that are too long", { instances: [[...values, 1]] }, "instances[0]"],
    ["no rows", { instances: [] }, "instances"],
    ["rows that are no array", { instances: "all" }, "instances"],
    ["an input that the model does not have", { inputs: { pixels: [values], mask: [1] } }, "inputs.mask"],
    ["inputs without the model's", { inputs: {} }, "inputs"],
    ["a row without the model's input", { instances: [{ image: values }] }, "instances[0]"],
    ["a picture that is no text", { image: 7 }, "image"],
    ["none of the forms", { data: [] }, undefined],
    ["no object", [values], undefined],
    ["null", null, undefined],
  ])("%s", async (_, body, path) => expect(await post(body)).toEqual([400, "invalid_input", path]));

  it.each<[string, string, unknown]>([
    ["JSON that ends early", '{"instances": [[1,', [400, "invalid_json", undefined]],
    ["a word that is no number", '{"instances": [[NaNs]]}', [400, "invalid_json", undefined]],
    ["a key without quotes", '{NaN: 1, "instances": [[1]]}', [400, "invalid_json", undefined]],
    [
      "a number that is infinite",
      `{"instances": [[1e999${",0".repeat(15)}]]}`,
      [400, "invalid_input", "instances[0][0]"],
    ],
    [
      "arrays without end",
      `{"instances": ${"[".repeat(5000)}${"]".repeat(5000)}}`,
      [400, "invalid_input", "instances"],
    ],
    ["an empty body", "", [400, "invalid_input", undefined]],
    ["base64 that is none", '{"image": "%%%"}', [400, "invalid_image", "image"]],
    ["a picture that is none", '{"image": "bm90IGEgcGljdHVyZQ=="}', [400, "invalid_image", undefined]],
    ["a body that is too large", " ".repeat(20_001), [413, "too_large", undefined]],
  ])("%s", async (_, body, expected) =>
    expect(await post(body, { "content-type": "application/json" })).toEqual(expected),
  );

  it("bytes that are no whole row", async () => {
    expect(await post(new Uint8Array(15), OCTETS)).toEqual([400, "invalid_input", "body"]);
    expect(await post(new Uint8Array(17), OCTETS)).toEqual([400, "invalid_input", "body"]);
    expect(await post(new Uint8Array(0), OCTETS)).toEqual([400, "invalid_input", undefined]);
  });

  it("bytes that may be either datatype, unless it is said", async () => {
    const eight = Buffer.concat(Array.from({ length: 8 }, () => pixels));
    expect(await post(eight, OCTETS)).toEqual([400, "invalid_input", "datatype"]);
    expect(await post(eight, OCTETS, "?datatype=UINT8")).toHaveLength(8);
    expect(await post(eight, { "content-type": "application/octet-stream; datatype=UINT8" })).toHaveLength(8);
    expect(await post(eight, OCTETS, "?datatype=INT4")).toEqual([400, "invalid_input", "datatype"]);
  });

  it("floats that are not finite", async () => {
    const floats = Float32Array.from(values);
    floats[9] = NaN;
    expect(await post(Buffer.from(floats.buffer), OCTETS)).toEqual([400, "invalid_input", "body[9]"]);
  });

  it("pictures that are cut off, empty or of another kind", async () => {
    const whole = await picture("png");
    expect(await post(whole.slice(0, whole.length - 30), PNG)).toEqual([400, "invalid_image", undefined]);
    expect(await post(new Uint8Array(0), PNG)).toEqual([400, "invalid_image", undefined]);
    expect(await post("<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>", PNG)).toEqual([
      400,
      "invalid_image",
      undefined,
    ]);
  });

  it("a picture of more pixels than memory is given for", async () => {
    const bomb = Buffer.from(await picture("png"));
    // Width and height in the header chunk (IHDR) and its checksum: https://www.w3.org/TR/png-3/#11IHDR
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
    const response = await service.post("/predict", bomb, PNG);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "The picture has more than 25 million pixels.",
      code: "invalid_image",
    });
  });

  it("more pictures than a request may have, in JSON as in forms", async () => {
    const b64 = Buffer.from(await picture("png")).toString("base64");
    const many = (length: number): object => ({ instances: Array.from({ length }, () => ({ b64 })) });
    expect(await post(many(64))).toHaveLength(64);
    const response = await service.post("/predict", many(65));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "instances[64] is a picture too many: a request has 64 at most.",
      code: "invalid_input",
      path: "instances[64]",
    });
  });

  it("forms that are broken or without a file", async () => {
    const form = new FormData();
    form.append("image", "not a file");
    expect(await post(form)).toEqual([400, "invalid_input", undefined]);
    const broken = { "content-type": "multipart/form-data; boundary=x" };
    expect(
      await post('--x\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\nhalf', broken),
    ).toEqual([400, "invalid_input", undefined]);
    expect(await post("text", { "content-type": "multipart/form-data" })).toEqual([
      400,
      "invalid_input",
      undefined,
    ]);
  });

  it("a Content-Type that nobody reads, and none", async () => {
    expect(await post("a,b", { "content-type": "text/csv" })).toEqual([
      415,
      "unsupported_media_type",
      undefined,
    ]);
    expect(await post(new Uint8Array(16))).toEqual([415, "unsupported_media_type", undefined]);
  });

  it("pictures for a model that takes none", async () => {
    expect(await post(await picture("png"), PNG, "?model=sum")).toEqual([
      415,
      "unsupported_media_type",
      undefined,
    ]);
  });

  it("models and versions that are not there", async () => {
    expect(await post(pixels, OCTETS, "?model=nobody")).toEqual([404, "model_not_found", undefined]);
    expect(await post(pixels, OCTETS, "?version=9")).toEqual([404, "model_not_found", undefined]);
  });
});
