import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ElementType } from "#service/onnx/element-type.js";
import { add, broken, identity, sumOfRow, textClassifier, upperCase } from "../../../models/index.js";
import { brightIn, quadrants, quadrantsConfig } from "../../../models/pictures.js";
import { ServiceFixture } from "../service-fixture.js";
import { binaryBody, packed, postBinary, readBinary, type Answer } from "./v2-client.js";

const ELEMENT_TYPES: Readonly<Record<string, ElementType>> = {
  BOOL: "BOOL",
  UINT8: "UINT8",
  UINT16: "UINT16",
  UINT32: "UINT32",
  UINT64: "UINT64",
  INT8: "INT8",
  INT16: "INT16",
  INT32: "INT32",
  INT64: "INT64",
  FP16: "FLOAT16",
  FP32: "FLOAT",
  FP64: "DOUBLE",
  BYTES: "STRING",
};

let service: ServiceFixture;

beforeAll(async () => {
  service = await ServiceFixture.start(async (repository) => {
    await repository.putModel("quadrants", "1", quadrants());
    await repository.putModel("quadrants", "2", quadrants());
    await repository.putConfig("quadrants", {
      ...quadrantsConfig,
      versions: { policy: "all" },
      labels: { stable: "1" },
      maxBatchSize: 8,
    });
    await repository.putModel("add", "1", add());
    await repository.putModel("sum", "1", sumOfRow());
    await repository.putModel("upper", "1", upperCase());
    await repository.putModel("text", "1", textClassifier());
    await repository.putModel("broken", "1", broken());
    await repository.putConfig("broken", { required: false });
    for (const [datatype, type] of Object.entries(ELEMENT_TYPES)) {
      await repository.putModel(`identity-${datatype}`, "1", identity(type));
    }
  });
});
afterAll(() => service.stop());

function infer(model: string, request: unknown): Promise<Response> {
  return service.post(`/v2/models/${model}/infer`, request);
}

async function answerOf(response: Promise<Response>): Promise<Answer> {
  const answered = await response;
  const body: unknown = await answered.json();
  expect(answered.status, JSON.stringify(body)).toBe(200);
  return body as Answer;
}

async function fault(response: Promise<Response>): Promise<unknown> {
  const { status, ...answered } = await response.then(async (each) => ({
    status: each.status,
    body: (await each.json()) as { error: unknown; code: string; path?: string },
  }));
  expect(typeof answered.body.error).toBe("string");
  return [status, answered.body.code, answered.body.path];
}

describe("infer", () => {
  const tensor = (datatype: string, data: unknown, shape = [2, 3]): object => ({
    inputs: [{ name: "input", shape, datatype, data }],
  });

  it.each<[string, unknown[]]>([
    ["BOOL", [true, false, true, false, false, true]],
    ["UINT8", [0, 1, 2, 253, 254, 255]],
    ["UINT16", [0, 1, 2, 3, 4, 65535]],
    ["UINT32", [0, 1, 2, 3, 4, 4294967295]],
    ["UINT64", [0, 1, 2, 3, 4, 5]],
    ["INT8", [-128, -1, 0, 1, 2, 127]],
    ["INT16", [-32768, -1, 0, 1, 2, 32767]],
    ["INT32", [-2147483648, -1, 0, 1, 2, 2147483647]],
    ["INT64", [-9007199254740991, -1, 0, 1, 2, 9007199254740991]],
    ["FP16", [-65504, -0.5, 0, 0.5, 1.5, 65504]],
    ["FP32", [-1.5, -0.25, 0, 0.25, 1.5, 16777216]],
    ["FP64", [-1e300, -0.1, 0, 0.1, 1.5, 1e300]],
    ["BYTES", ["", "a", "é", "日本", "x y", '"']],
  ])("gives %s back as it came, flat and nested", async (datatype, data) => {
    const expected = { name: "output", datatype, shape: [2, 3], data };
    for (const values of [data, [data.slice(0, 3), data.slice(3)]]) {
      expect((await answerOf(infer(`identity-${datatype}`, tensor(datatype, values)))).outputs).toEqual([
        expected,
      ]);
    }
  });

  it.each(Object.keys(ELEMENT_TYPES))("gives %s back as binary data", async (datatype) => {
    const width = { "8": 1, "16": 2, "32": 4, "64": 8, BOOL: 1 }[/\d+$/.exec(datatype)?.[0] ?? datatype] ?? 0;
    const bytes =
      datatype === "BYTES"
        ? packed("a", "", "日本", "b", "c", "d")
        : Buffer.from(
            Array.from({ length: 6 * width }, (_, index) => (index * 7) % (datatype === "BOOL" ? 2 : 50)),
          );
    const request = {
      inputs: [{ name: "input", shape: [2, 3], datatype, parameters: { binary_data_size: bytes.length } }],
      outputs: [{ name: "output", parameters: { binary_data: true } }],
    };
    // One byte more before the data moves it off any alignment.
    for (const id of ["1", "12", "123", "1234"]) {
      const response = await postBinary(
        service,
        `identity-${datatype}`,
        binaryBody({ id, ...request }, bytes),
      );
      expect(response.headers.get("content-type")).toBe("application/octet-stream");
      const { answer, data } = await readBinary(response);
      expect(answer.outputs).toEqual([
        { name: "output", datatype, shape: [2, 3], parameters: { binary_data_size: bytes.length } },
      ]);
      expect(data[0]).toEqual(bytes);
    }
  });

  it("keeps 64-bit integers exact in JSON, both ways", async () => {
    const send = async (datatype: string, values: string): Promise<string> => {
      const body = `{"inputs":[{"name":"input","shape":[1,3],"datatype":"${datatype}","data":[${values}]}]}`;
      const headers = { "content-type": "application/json" };
      return (await service.post(`/v2/models/identity-${datatype}/infer`, body, headers)).text();
    };
    expect(await send("INT64", "9007199254740993,-9223372036854775808,9223372036854775807")).toContain(
      '"data":[9007199254740993,-9223372036854775808,9223372036854775807]',
    );
    expect(await send("UINT64", "18446744073709551615,0,7")).toContain('"data":[18446744073709551615,0,7]');
    expect(await send("UINT64", '"18446744073709551615",0,7')).toContain('"data":[18446744073709551615,0,7]');
    expect(await send("INT64", "9223372036854775808,0,0")).toContain('"path":"inputs[0].data[0]"');
    expect(await send("UINT64", "-1,0,0")).toContain('"path":"inputs[0].data[0]"');
  });

  it("answers id, model, version and the outputs that are asked for", async () => {
    const row = (name: string, data: number[]): object => ({ name, shape: [1, 4], datatype: "FP32", data });
    const inputs = [row("b", [1, 1, 1, 1]), row("a", [1, 2, 3, 4])];
    expect(await answerOf(infer("add", { id: "42", inputs, outputs: [{ name: "difference" }] }))).toEqual({
      id: "42",
      model_name: "add",
      model_version: "1",
      outputs: [{ name: "difference", datatype: "FP32", shape: [1, 4], data: [0, 1, 2, 3] }],
    });
    const { outputs } = await answerOf(infer("add", { inputs }));
    expect(outputs.map(({ name }) => name)).toEqual(["sum", "difference"]);
    const swapped = [{ name: "difference" }, { name: "sum" }];
    const again = await answerOf(infer("add", { inputs, outputs: swapped }));
    expect(again.outputs.map(({ name }) => name)).toEqual(["difference", "sum"]);
  });

  it("mixes JSON and binary data in one request and one answer", async () => {
    const request = {
      inputs: [
        { name: "a", shape: [1, 4], datatype: "FP32", parameters: { binary_data_size: 16 } },
        { name: "b", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] },
      ],
      parameters: { binary_data_output: true },
      outputs: [{ name: "sum" }, { name: "difference", parameters: { binary_data: false } }],
    };
    const bytes = Buffer.from(Float32Array.of(4, 3, 2, 1).buffer);
    const { answer, data } = await readBinary(await postBinary(service, "add", binaryBody(request, bytes)));
    expect(data[0]).toEqual(Buffer.from(Float32Array.of(5, 5, 5, 5).buffer));
    expect(answer.outputs[1]?.data).toEqual([3, 1, -1, -3]);
  });

  it("serves dynamic shapes and strings", async () => {
    const sum = { inputs: [{ name: "features", shape: [2, 3], datatype: "FP32", data: [1, 2, 3, 4, 5, 6] }] };
    expect((await answerOf(infer("sum", sum))).outputs[0]?.data).toEqual([13, 31]);
    const upper = { inputs: [{ name: "input", shape: [2], datatype: "BYTES", data: ["red", "Blue"] }] };
    expect((await answerOf(infer("upper", upper))).outputs[0]?.data).toEqual(["RED", "BLUE"]);
    const tokens = { name: "tokens", shape: [1, 2], datatype: "BYTES", data: ["great", "good"] };
    const [probabilities] = (await answerOf(infer("text", { inputs: [tokens] }))).outputs;
    expect(Number(probabilities?.data?.[1])).toBeGreaterThan(0.9);
  });

  it("classifies, with the labels of config.json", async () => {
    const request = {
      inputs: [
        { name: "pixels", shape: [1, 16], datatype: "FP32", data: Array.from(brightIn(3), (p) => p / 255) },
      ],
      outputs: [{ name: "scores", parameters: { classification: 2 } }],
    };
    const [scores] = (await answerOf(infer("quadrants", request))).outputs;
    expect(scores).toMatchObject({ datatype: "BYTES", shape: [1, 2] });
    expect(scores?.data?.[0]).toMatch(/^0\.9479\d+:3:bottom right$/);
  });

  it("classifies what is no number behind all others", async () => {
    const request = {
      inputs: [{ name: "input", shape: [1, 3], datatype: "FP32", data: [null, 1, "Infinity"] }],
      outputs: [{ name: "output", parameters: { classification: 3 } }],
    };
    const [output] = (await answerOf(infer("identity-FP32", request))).outputs;
    expect(output?.data).toEqual(["Infinity:2", "1.000000:1", "NaN:0"]);
  });

  it("takes versions and labels", async () => {
    const request = {
      inputs: [{ name: "pixels", shape: [1, 16], datatype: "FP32", data: Array(16).fill(0) }],
    };
    const versionOf = async (model: string): Promise<string> =>
      (await answerOf(infer(model, request))).model_version;
    expect(await versionOf("quadrants/versions/1")).toBe("1");
    expect(await versionOf("quadrants/versions/2")).toBe("2");
    expect(await versionOf("quadrants/versions/stable")).toBe("1");
  });
});

describe("infer takes", () => {
  const inputs = [{ name: "input", shape: [1, 3], datatype: "FP32", data: [1, 2, 3] }];

  it("null for whatever may be left out", async () => {
    const request = {
      ...{ id: null, parameters: null, outputs: null },
      inputs: inputs.map((each) => ({ ...each, parameters: null })),
    };
    const answer = await answerOf(infer("identity-FP32", request));
    expect(answer).not.toHaveProperty("id");
    expect(answer.outputs[0]?.data).toEqual([1, 2, 3]);
  });

  it("a byte order mark before the JSON", async () => {
    const body = `\ufeff${JSON.stringify({ inputs })}`;
    const answer = await answerOf(service.post("/v2/models/identity-FP32/infer", body));
    expect(answer.outputs[0]?.data).toEqual([1, 2, 3]);
  });
});

const MANY_KEYS = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`k${at}`, at]));

describe("infer refuses", () => {
  const input = (change: object): object => ({
    inputs: [{ name: "input", shape: [1, 3], datatype: "FP32", data: [1, 2, 3], ...change }],
  });

  it.each<[string, unknown, string | undefined]>([
    ["no object", [], undefined],
    ["no inputs", {}, "inputs"],
    ["empty inputs", { inputs: [] }, "inputs"],
    ["an input without a name", input({ name: undefined }), "inputs[0].name"],
    ["a datatype that is none", input({ datatype: "FP8" }), "inputs[0].datatype"],
    ["another datatype than the model's", input({ datatype: "INT32" }), "inputs[0].datatype"],
    ["a shape that is no array", input({ shape: 3 }), "inputs[0].shape"],
    ["a negative dimension", input({ shape: [-1, 3] }), "inputs[0].shape[0]"],
    ["half a dimension", input({ shape: [1.5, 3] }), "inputs[0].shape[0]"],
    ["a huge dimension", input({ shape: [2 ** 40, 3] }), "inputs[0].shape[0]"],
    ["a huge shape", input({ shape: [2 ** 30, 2 ** 30] }), "inputs[0].shape"],
    ["a huge shape that the model takes", input({ shape: [2 ** 30, 3] }), "inputs[0].data"],
    ["more dimensions than any model has", input({ shape: Array(40).fill(1) }), "inputs[0].shape"],
    ["another shape than the model's", input({ shape: [3, 1] }), "inputs[0].shape"],
    ["too few values", input({ data: [1, 2] }), "inputs[0].data"],
    ["too many values", input({ data: [1, 2, 3, 4] }), "inputs[0].data"],
    ["values nested otherwise", input({ data: [[1], [2], [3]] }), "inputs[0].data"],
    [
      "ragged values",
      input({
        shape: [2, 3],
        data: [
          [1, 2, 3],
          [4, 5],
        ],
      }),
      "inputs[0].data[1]",
    ],
    ["text for a number", input({ data: [1, "2", 3] }), "inputs[0].data[1]"],
    ["no data", input({ data: undefined }), "inputs[0].data"],
    ["data that is no array", input({ data: "AAAA" }), "inputs[0].data"],
    [
      "binary data without its header",
      input({ data: undefined, parameters: { binary_data_size: 12 } }),
      "inputs[0].parameters.binary_data_size",
    ],
    [
      "shared memory",
      input({ data: undefined, parameters: { shared_memory_region: "x" } }),
      "inputs[0].data",
    ],
    ["an id that is no text", { id: 7, ...input({}) }, "id"],
    ["a timeout that is none", { parameters: { timeout: "soon" }, ...input({}) }, "parameters.timeout"],
    [
      "an output that the model does not have",
      { outputs: [{ name: "nothing" }], ...input({}) },
      "outputs[0].name",
    ],
    [
      "an output twice",
      { outputs: [{ name: "output" }, { name: "output" }], ...input({}) },
      "outputs[1].name",
    ],
    ["an input that the model does not have", input({ name: "nothing" }), "inputs"],
    ["more parameters than anyone has", { parameters: MANY_KEYS, ...input({}) }, "parameters"],
    ["more parameters of an input", input({ parameters: MANY_KEYS }), "inputs[0].parameters"],
    ["more inputs than any model has", { inputs: Array(5000).fill(1) }, "inputs"],
    ["more outputs than any model has", { outputs: Array(5000).fill(1), ...input({}) }, "outputs"],
    ["a parameter that is no value", { parameters: { mine: [1] }, ...input({}) }, "parameters.mine"],
    [
      "an input given twice",
      {
        inputs: [
          { name: "input", shape: [1, 3], datatype: "FP32", data: [1, 2, 3] },
          { name: "input", shape: [1, 3], datatype: "FP32", data: [1, 2, 3] },
        ],
      },
      "inputs[1].name",
    ],
  ])("%s", async (_, request, path) => {
    expect(await fault(infer("identity-FP32", request))).toEqual([400, "invalid_input", path]);
  });

  it("values that an integer datatype does not hold", async () => {
    for (const [datatype, value] of [
      ["UINT8", 256],
      ["INT8", -129],
      ["INT32", 1.5],
      ["BOOL", 2],
      ["FP16", 65520],
    ] as const) {
      expect(await fault(infer(`identity-${datatype}`, input({ datatype, data: [0, value, 0] })))).toEqual([
        400,
        "invalid_input",
        "inputs[0].data[1]",
      ]);
    }
  });

  it("texts that the runtime would change", async () => {
    const strings = (data: unknown[]): object => input({ datatype: "BYTES", data });
    for (const text of ["a\0b", "\ud800"]) {
      expect(await fault(infer("identity-BYTES", strings(["a", text, "b"])))).toEqual([
        400,
        "invalid_input",
        "inputs[0].data[1]",
      ]);
    }
    const broken = Buffer.from(JSON.stringify(strings(["a", "?", "b"])));
    broken[broken.indexOf("?")] = 0xff;
    expect(await fault(service.post("/v2/models/identity-BYTES/infer", broken))).toEqual([
      400,
      "invalid_json",
      undefined,
    ]);
    for (const bytes of [packed("a", "b\0", "c"), packed("a", "b", "c").fill(0xff, 4, 5)]) {
      const request = input({
        datatype: "BYTES",
        data: undefined,
        parameters: { binary_data_size: bytes.length },
      });
      expect(await fault(postBinary(service, "identity-BYTES", binaryBody(request, bytes)))).toEqual([
        400,
        "invalid_input",
        "inputs[0]",
      ]);
    }
  });

  it.each<[string, number, number | string, string]>([
    ["a header that is no number", 12, "many", "Inference-Header-Content-Length"],
    ["a negative header", 12, -1, "Inference-Header-Content-Length"],
    ["a header beyond the body", 12, 9999, "Inference-Header-Content-Length"],
    ["too few bytes", 8, "right", "inputs[0].parameters.binary_data_size"],
    ["too many bytes", 16, "right", "inputs"],
  ])("%s", async (_, bytes, header, path) => {
    const request = input({ data: undefined, parameters: { binary_data_size: 12 } });
    const { body, length } = binaryBody(request, new Uint8Array(bytes));
    const sent = postBinary(service, "identity-FP32", { body, length: header === "right" ? length : header });
    expect(await fault(sent)).toEqual([400, "invalid_input", path]);
  });

  it("a header that cuts the JSON off", async () => {
    const { body, length } = binaryBody(input({}));
    expect(await fault(postBinary(service, "identity-FP32", { body, length: length - 1 }))).toEqual([
      400,
      "invalid_json",
      undefined,
    ]);
  });

  it("binary sizes that do not make the shape, and strings that end early", async () => {
    const request = input({ data: undefined, parameters: { binary_data_size: 8 } });
    expect(await fault(postBinary(service, "identity-FP32", binaryBody(request, new Uint8Array(8))))).toEqual(
      [400, "invalid_input", "inputs[0]"],
    );
    for (const bytes of [
      packed("a", "b"),
      packed("a", "b", "c").subarray(0, 12),
      Buffer.concat([packed("a", "b", "c"), Buffer.alloc(1)]),
    ]) {
      const strings = input({
        datatype: "BYTES",
        data: undefined,
        parameters: { binary_data_size: bytes.length },
      });
      expect(await fault(postBinary(service, "identity-BYTES", binaryBody(strings, bytes)))).toEqual([
        400,
        "invalid_input",
        "inputs[0]",
      ]);
    }
  });

  it("models and versions that are not there, and paths that are no text", async () => {
    expect(await fault(infer("nobody", input({})))).toEqual([404, "model_not_found", undefined]);
    expect(await fault(infer("add/versions/9", input({})))).toEqual([404, "model_not_found", undefined]);
    expect(await fault(infer("%ff", input({})))).toEqual([404, "not_found", undefined]);
    expect(await fault(infer("..%2f..%2fetc", input({})))).toEqual([404, "model_not_found", undefined]);
  });
});

describe("the server tells of itself", () => {
  const get = async (path: string): Promise<unknown> => (await service.get(path)).json();

  it("that it is live and ready", async () => {
    expect(await get("/v2/health/live")).toEqual({ live: true });
    expect(await get("/v2/health/ready")).toEqual({ ready: true });
    expect(await get("/v2/models/add/ready")).toEqual({ name: "add", ready: true });
    expect(await get("/v2/models/quadrants/versions/1/ready")).toEqual({ name: "quadrants", ready: true });
    expect(await fault(service.get("/v2/models/nobody/ready"))).toEqual([404, "model_not_found", undefined]);
    expect(await fault(service.get("/v2/models/broken/ready"))).toEqual([503, "model_not_ready", undefined]);
  });

  it("its name, version and extensions", async () => {
    expect(await get("/v2")).toMatchObject({
      name: "ai-model-service",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      extensions: expect.arrayContaining([
        "binary_tensor_data",
        "model_repository",
        "statistics",
      ]) as string[],
    });
  });

  it("a model's metadata", async () => {
    expect(await get("/v2/models/quadrants")).toEqual({
      name: "quadrants",
      versions: ["1", "2"],
      platform: "onnxruntime_onnx",
      inputs: [{ name: "pixels", datatype: "FP32", shape: [-1, 16] }],
      outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 4] }],
    });
    expect(await get("/v2/models/text/versions/1")).toMatchObject({
      inputs: [{ name: "tokens", datatype: "BYTES" }],
    });
  });

  it("a model's configuration in Triton's words", async () => {
    expect(await get("/v2/models/quadrants/config")).toMatchObject({
      name: "quadrants",
      max_batch_size: 8,
      input: [{ name: "pixels", data_type: "TYPE_FP32", dims: [16] }],
      output: [{ name: "scores", data_type: "TYPE_FP32", dims: [4] }],
    });
    expect(await get("/v2/models/upper/config")).toMatchObject({ input: [{ data_type: "TYPE_STRING" }] });
  });

  it("statistics of what it did", async () => {
    const row = { name: "input", shape: [2, 3], datatype: "FP64", data: Array(6).fill(0) };
    const before = (await get("/v2/models/identity-FP64/stats")) as {
      model_stats: { inference_count: number }[];
    };
    await answerOf(infer("identity-FP64", { inputs: [row] }));
    const after = (await get("/v2/models/identity-FP64/versions/1/stats")) as typeof before;
    const counts = [before, after].map(({ model_stats }) => model_stats[0]?.inference_count ?? NaN);
    expect((counts[1] ?? NaN) - (counts[0] ?? NaN)).toBe(2);
    expect(after.model_stats[0]).toMatchObject({ inference_stats: { fail: { count: 0 } } });
    const all = (await get("/v2/models/stats")) as { model_stats: { name: string }[] };
    expect(all.model_stats.map(({ name }) => name)).toContain("text");
  });

  it("the repository's index", async () => {
    const entries = (await (await service.post("/v2/repository/index", "")).json()) as {
      name: string;
      state: string;
    }[];
    expect(entries.find(({ name }) => name === "broken")).toMatchObject({
      state: "UNAVAILABLE",
      reason: expect.stringMatching(/./) as string,
    });
    const ready = (await (
      await service.post("/v2/repository/index", { ready: true })
    ).json()) as typeof entries;
    expect(ready.some(({ name }) => name === "broken")).toBe(false);
    expect(ready).toContainEqual({ name: "add", version: "1", state: "READY", reason: "" });
    expect(await fault(service.post("/v2/repository/index", { ready: "yes" }))).toEqual([
      400,
      "invalid_input",
      "ready",
    ]);
  });
});

describe("the repository", () => {
  it("unloads a model and loads it again", async () => {
    const request = { inputs: [{ name: "input", shape: [1, 3], datatype: "INT8", data: [1, 2, 3] }] };
    const act = async (action: string, model = "identity-INT8"): Promise<number> =>
      (await service.post(`/v2/repository/models/${model}/${action}`, {})).status;
    expect(await act("unload")).toBe(200);
    expect((await infer("identity-INT8", request)).status).toBeGreaterThanOrEqual(400);
    expect(await act("load")).toBe(200);
    expect((await answerOf(infer("identity-INT8", request))).outputs[0]?.data).toEqual([1, 2, 3]);
    expect(await act("load", "nobody")).toBe(404);
    expect(await act("unload", "nobody")).toBe(404);
  });
});
