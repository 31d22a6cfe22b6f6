import { afterAll, beforeAll, expect, it } from "vitest";
import { identity } from "../../../models/index.js";
import { ServiceFixture } from "../service-fixture.js";

const WIDTH = 100;
const MOST_ROWS = 9;

let service: ServiceFixture;

beforeAll(async () => {
  // Requests of more rows than a batch takes are part of it.
  service = await ServiceFixture.start(
    (repository) => repository.putModel("identity", "1", identity("FLOAT", ["N", WIDTH])),
    {},
    { maxBatchSize: 4 },
  );
});
afterAll(() => service.stop());

/** Rows that no other request sends. */
function rowsOf(request: number): number[][] {
  return Array.from({ length: 1 + (request % MOST_ROWS) }, (_, row) =>
    Array.from({ length: WIDTH }, (_, column) => request * 1000 + row * WIDTH + column),
  );
}

type Send = (request: number, signal: AbortSignal | null) => Promise<number[][]>;

async function post(
  path: string,
  body: NonNullable<RequestInit["body"]>,
  type: string,
  signal: AbortSignal | null,
  more: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const headers = { "content-type": type, ...more };
  return (await fetch(service.url(path), { method: "POST", headers, body, signal })).json();
}

function inRows(values: readonly number[]): number[][] {
  return Array.from({ length: values.length / WIDTH }, (_, row) =>
    values.slice(row * WIDTH, (row + 1) * WIDTH),
  );
}

const WAYS: readonly Send[] = [
  async (request, signal) => {
    const body = JSON.stringify({ instances: rowsOf(request) });
    const answer = await post("/v1/models/identity:predict", body, "application/json", signal);
    return (answer as { predictions: number[][] }).predictions;
  },
  async (request, signal) => {
    const body = Float32Array.from(rowsOf(request).flat());
    const answer = await post("/v1/models/identity:predict", body, "application/octet-stream", signal);
    return (answer as { predictions: number[][] }).predictions;
  },
  async (request, signal) => {
    const rows = rowsOf(request);
    const input = { name: "input", datatype: "FP32", shape: [rows.length, WIDTH], data: rows.flat() };
    const body = JSON.stringify({ inputs: [input] });
    const answer = await post("/v2/models/identity/infer", body, "application/json", signal);
    return inRows((answer as { outputs: [{ data: number[] }] }).outputs[0].data);
  },
  async (request, signal) => {
    const rows = rowsOf(request);
    const parameters = { binary_data_size: rows.length * WIDTH * 4 };
    const input = { name: "input", datatype: "FP32", shape: [rows.length, WIDTH], parameters };
    // Ids of any length, so that the floats begin at any byte.
    const head = JSON.stringify({ id: "i".repeat(request % 11), inputs: [input] });
    const body = Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.from(rows.flat()).buffer)]);
    const length = { "inference-header-content-length": String(head.length) };
    const answer = await post("/v2/models/identity/infer", body, "application/octet-stream", signal, length);
    return inRows((answer as { outputs: [{ data: number[] }] }).outputs[0].data);
  },
];

it("Requests whose arrays are used again get the answers to their own values, whatever becomes of others", async () => {
  const requests = Array.from({ length: 600 }, (_, index) => index);
  const outcomes = await Promise.all(
    requests.map(async (request) => {
      const gone = request % 5 === 4;
      const send = WAYS[request % WAYS.length] as Send;
      const answer = send(request, gone ? AbortSignal.timeout(request % 50) : null);
      return gone
        ? answer.then(
            () => "answered",
            () => "gone",
          )
        : expect(await answer).toEqual(rowsOf(request));
    }),
  );
  expect(outcomes).toHaveLength(requests.length);
});
