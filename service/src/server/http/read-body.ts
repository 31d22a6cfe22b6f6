import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { ServiceError } from "../errors.js";
import { quoted } from "../quoted.js";

const DECODERS: Readonly<
  Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * The whole body, decompressed. `limit` is in bytes and holds before and after decompression.
 * Throws too_large, unsupported_media_type (unknown Content-Encoding), invalid_input (corrupt compression),
 * client_closed_request. Bytes past the limit are thrown away as they come, so that the connection can go on.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  return encoding === undefined || encoding === "identity"
    ? collect(request, limit)
    : decompressed(request, limit, encoding);
}

async function decompressed(request: IncomingMessage, limit: number, encoding: string): Promise<Buffer> {
  const coding = encoding.toLowerCase();
  const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decode === undefined) {
    throw new ServiceError(
      "unsupported_media_type",
      `Content-Encoding ${quoted(encoding)} is not supported; use gzip, deflate or br.`,
    );
  }
  const body = await collect(request, limit);
  return decode(body, { maxOutputLength: limit }).catch((cause: unknown) => {
    throw decompressionError(cause, encoding, limit);
  });
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      return reject(tooLarge(limit));
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        return chunks.push(chunk);
      }
      chunks.length = 0;
      reject(tooLarge(limit));
    });
    request.on("end", () => resolve(joined(chunks, length)));
    // Also when the connection closes before the end: node:http then destroys the request with ECONNRESET.
    request.on("error", (cause) => reject(clientGone(cause)));
  });
}

/** Most bodies come as one chunk, which needs no copy. */
function joined(chunks: Buffer[], length: number): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length);
}

function tooLarge(limit: number): ServiceError {
  return new ServiceError("too_large", `The request body is larger than ${limit} bytes.`);
}

function clientGone(cause: Error): ServiceError {
  return new ServiceError("client_closed_request", "The client closed the connection.", { cause });
}

function decompressionError(cause: unknown, encoding: string, limit: number): ServiceError {
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
    return new ServiceError("too_large", `The request body inflates to more than ${limit} bytes.`, { cause });
  }
  return new ServiceError("invalid_input", `The request body is not valid ${encoding} data.`, { cause });
}
