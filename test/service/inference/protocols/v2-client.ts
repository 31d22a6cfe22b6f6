import { HEADER_LENGTH } from "#service/inference/protocols/v2/binary-body.js";
import type { ServiceFixture } from "../service-fixture.js";

export interface AnsweredOutput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data?: unknown[];
  readonly parameters?: { readonly binary_data_size: number };
}

export interface Answer {
  readonly id?: string;
  readonly model_name: string;
  readonly model_version: string;
  readonly outputs: AnsweredOutput[];
}

/** A request's JSON with tensor data behind it, as the binary tensor extension has it. */
export function binaryBody(
  request: object,
  ...data: readonly Uint8Array[]
): { body: Buffer; length: number } {
  const json = Buffer.from(JSON.stringify(request));
  return { body: Buffer.concat([json, ...data]), length: json.length };
}

/** Posts `infer` with binary data; `length` is what the header says. */
export function postBinary(
  service: ServiceFixture,
  model: string,
  { body, length }: { body: Buffer; length: number | string },
): Promise<Response> {
  return service.post(`/v2/models/${model}/infer`, body, {
    "content-type": "application/octet-stream",
    [HEADER_LENGTH]: String(length),
  });
}

/** An answer's JSON and the binary data of its outputs. */
export async function readBinary(response: Response): Promise<{ answer: Answer; data: Buffer[] }> {
  const body = Buffer.from(await response.arrayBuffer());
  let end = Number(response.headers.get(HEADER_LENGTH));
  const answer = JSON.parse(body.toString("utf8", 0, end)) as Answer;
  const data = answer.outputs.map(({ parameters }) => {
    const start = end;
    end += parameters?.binary_data_size ?? 0;
    return body.subarray(start, end);
  });
  return { answer, data };
}

/** BYTES elements on the wire. */
export function packed(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const size = Buffer.alloc(4);
      size.writeUInt32LE(Buffer.byteLength(text));
      return [size, Buffer.from(text)];
    }),
  );
}
