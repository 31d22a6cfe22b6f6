import { ServiceError } from "../../../server/errors.js";
import type { Exchange } from "../../../server/http/exchange.js";

/** Bytes of the JSON at the start of a body whose rest is binary tensor data. */
export const HEADER_LENGTH = "Inference-Header-Content-Length";

/** A body taken apart: its JSON text, and the tensor data behind it. */
export interface SplitBody {
  readonly json: Buffer;
  readonly binary: Buffer | undefined;
}

/** Splits a body by its header. Throws invalid_input when the header is no length or longer than the body. */
export function splitBody(headers: Exchange["headers"], body: Buffer): SplitBody {
  const text = headers[HEADER_LENGTH.toLowerCase()];
  if (text === undefined) {
    return { json: body, binary: undefined };
  }
  const length = typeof text === "string" && /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (length <= body.length) {
    return { json: body.subarray(0, length), binary: body.subarray(length) };
  }
  const fault = Number.isNaN(length)
    ? "must be a whole number of bytes"
    : `is ${length}, more than the body's ${body.length} bytes`;
  throw new ServiceError("invalid_input", `The header ${HEADER_LENGTH} ${fault}.`, { path: HEADER_LENGTH });
}

/** Gives the binary part away piece by piece, in the order of the tensors. */
export class BinaryReader {
  private offset = 0;

  constructor(readonly binary: Buffer | undefined) {}

  /** The next `size` bytes. Throws invalid_input when there are not so many. */
  take(size: number, path: string): Buffer {
    if (this.binary === undefined) {
      throw new ServiceError("invalid_input", `${path} needs the header ${HEADER_LENGTH}.`, { path });
    }
    const end = this.offset + size;
    if (end > this.binary.length) {
      throw new ServiceError(
        "invalid_input",
        `${path} is ${size}, but only ${this.binary.length - this.offset} bytes of binary data are left.`,
        { path },
      );
    }
    const bytes = this.binary.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  /** Throws invalid_input when bytes are left that belong to no tensor. */
  finish(): void {
    const left = (this.binary?.length ?? 0) - this.offset;
    if (left > 0) {
      throw new ServiceError("invalid_input", `${left} bytes of binary data belong to no input.`, {
        path: "inputs",
      });
    }
  }
}
