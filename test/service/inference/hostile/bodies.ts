import { brotliCompressSync, gzipSync } from "node:zlib";
import { greyRows, header, inflatingChunk, pixelChunk, pngFile } from "../../pictures/png-file.js";

const MEGABYTE = 2 ** 20;

/** The largest body that is taken by default. */
const LARGEST = 16 * MEGABYTE;

const JSON_TYPE = "application/json";
const BYTES_TYPE = "application/octet-stream";

/** A request as it goes over a socket, in pieces that may be sent many times. */
export interface Hostile {
  readonly name: string;
  readonly pieces: readonly Uint8Array[];
  /** Whether there is an answer to wait for. */
  readonly ends: boolean;
  /** Whether that answer is read. */
  readonly isRead: boolean;
}

interface Parts {
  readonly path?: string;
  readonly type: string;
  readonly body: Buffer | string;
  readonly headers?: readonly string[];
}

function post({ path = "/predict", type, body, headers = [] }: Parts, missing = 0): Uint8Array[] {
  const bytes = Buffer.from(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    "Host: localhost",
    `Content-Type: ${type}`,
    `Content-Length: ${bytes.length + missing}`,
    ...headers,
  ];
  return [Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes];
}

function whole(name: string, parts: Parts): Hostile {
  return { name, pieces: post(parts), ends: true, isRead: true };
}

/** A list of `count` items, the first of which is another one. */
function list(count: number, item: string, first = item): string {
  return `[${[first, ...new Array<string>(count - 1).fill(item)].join(",")}]`;
}

const zeros = Buffer.alloc(LARGEST);

function inferBody(data: string, shape: readonly number[], more = ""): string {
  return `{${more}"inputs":[{"name":"pixels","datatype":"FP32","shape":[${shape.join(",")}],"data":${data}}]}`;
}

const INFER = "/v2/models/quadrants/infer";
const pixels = list(16, "0");

const compressed: readonly Hostile[] = [
  whole("gzip that inflates", {
    type: BYTES_TYPE,
    body: gzipSync(zeros),
    headers: ["Content-Encoding: gzip"],
  }),
  whole("gzip that inflates past the limit", {
    type: BYTES_TYPE,
    body: gzipSync(Buffer.concat([zeros, zeros])),
    headers: ["Content-Encoding: gzip"],
  }),
  whole("JSON in gzip", {
    type: JSON_TYPE,
    body: gzipSync(`{"instances":${list(LARGEST / 2 - 20, "0")}}`),
    headers: ["Content-Encoding: gzip"],
  }),
  whole("brotli that inflates", {
    type: BYTES_TYPE,
    body: brotliCompressSync(zeros),
    headers: ["Content-Encoding: br"],
  }),
];

const claims: readonly Hostile[] = [
  whole("a claimed shape in V2", {
    path: INFER,
    type: JSON_TYPE,
    body: inferBody(list(20_000, "[]", list(20_000, "0")), [20_000, 20_000]),
  }),
  whole("a claimed shape in binary V2", {
    path: INFER,
    type: BYTES_TYPE,
    body: `{"inputs":[{"name":"pixels","datatype":"FP32","shape":[20000,20000],"parameters":{"binary_data_size":0}}]}`,
    headers: ["Inference-Header-Content-Length: 106"],
  }),
  whole("a claimed shape in instances", {
    type: JSON_TYPE,
    body: `{"instances":${list(20_000, "[]", list(20_000, "0"))}}`,
  }),
  whole("a claimed shape in V1's inputs", {
    path: "/v1/models/quadrants:predict",
    type: JSON_TYPE,
    body: `{"inputs":${list(20_000, "[]", list(20_000, "0"))}}`,
  }),
];

const values: readonly Hostile[] = [
  whole("parameters of many keys", {
    path: INFER,
    type: JSON_TYPE,
    body: inferBody(
      pixels,
      [1, 16],
      `"parameters":{${Array.from({ length: 80_000 }, (_, key) => `"k${key}":1`).join(",")}},`,
    ),
  }),
  whole("deep nesting", {
    type: JSON_TYPE,
    body: `{"instances":${"[".repeat(MEGABYTE)}${"]".repeat(MEGABYTE)}}`,
  }),
  whole("a number of four million digits", {
    path: "/v1/models/look-up:predict",
    type: JSON_TYPE,
    body: `{"instances":[${"9".repeat(4_000_000)}]}`,
  }),
  whole("empty lists", { type: JSON_TYPE, body: `{"instances":${list(5_000_000, "[]")}}` }),
  whole("empty objects in V2", {
    path: INFER,
    type: JSON_TYPE,
    body: inferBody(list(5_000_000, "{}"), [5_000_000]),
  }),
  whole("numbers", { type: JSON_TYPE, body: `{"instances":${list(LARGEST / 2 - 20, "0")}}` }),
];

const inflating = pngFile(
  header({ width: 28, height: 28 }),
  ...Array.from({ length: 6 }, () => inflatingChunk("zTXt", 20 * MEGABYTE)),
  pixelChunk(greyRows(28, 28)),
);
const picture = pngFile(header({ width: 1000, height: 1000 }), pixelChunk(greyRows(1000, 1000)));

function form(files: number, file: Buffer): Buffer {
  const head = Buffer.from(
    `--b\r\nContent-Disposition: form-data; name="f"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n`,
  );
  const parts = Array.from({ length: files }, () => [head, file, Buffer.from("\r\n")]).flat();
  return Buffer.concat([...parts, Buffer.from("--b--\r\n")]);
}

const pictures: readonly Hostile[] = [
  whole("a picture with texts that inflate", { type: "image/png", body: inflating }),
  whole("a form of 64 pictures", { type: "multipart/form-data; boundary=b", body: form(64, picture) }),
  whole("64 pictures in JSON", {
    type: JSON_TYPE,
    body: `{"instances":${list(64, `{"b64":"${picture.toString("base64")}"}`)}}`,
  }),
  whole("a form that does not go on", {
    type: "multipart/form-data; boundary=b",
    body: "--b\r\nContent-Disposition: form-data",
  }),
];

/** A tensor of 4 MB that comes back as a text of 40 MB. */
const fractions = Buffer.from(Float32Array.from({ length: MEGABYTE }, (_, index) => 1 / (index + 3)).buffer);
const wide = `{"inputs":[{"name":"input","datatype":"FP32","shape":[1,${MEGABYTE}],"parameters":{"binary_data_size":${4 * MEGABYTE}}}]}`;

const clients: readonly Hostile[] = [
  {
    name: "an upload that does not end",
    pieces: post({ type: BYTES_TYPE, body: zeros.subarray(1) }, 1),
    ends: false,
    isRead: true,
  },
  {
    name: "a reader that does not read",
    pieces: post({
      path: "/v2/models/wide/infer",
      type: BYTES_TYPE,
      body: Buffer.concat([Buffer.from(wide), fractions]),
      headers: [`Inference-Header-Content-Length: ${wide.length}`],
    }),
    ends: false,
    isRead: false,
  },
];

/** Requests that cost a server more than they cost who sends them, unless it knows their size before it works. */
export const HOSTILE: readonly Hostile[] = [...clients, ...compressed, ...claims, ...values, ...pictures];
