import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ServiceError } from "../errors.js";
import { quoted } from "../quoted.js";
import { CollectedBytes } from "./collected-bytes.js";
import type { Exchange } from "./exchange.js";

/** What undoes a Content-Encoding. */
interface Decoder {
  readonly start: (options: { readonly chunkSize: number }) => Transform;
  /** Bytes that it takes beside what it makes. */
  readonly bytes: number;
}

/** Bytes that a decoder makes at a time. */
const CHUNK_BYTES = 65_536;

const GZIP: Decoder = { start: createGunzip, bytes: 2 * CHUNK_BYTES };

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: GZIP,
  "x-gzip": GZIP,
  deflate: { start: createInflate, bytes: 2 * CHUNK_BYTES },
  // It makes room at once for as much as the text may refer back to, which the text says.
  br: { start: createBrotliDecompress, bytes: 2 ** 24 + 2 * CHUNK_BYTES },
};

/**
 * The whole body, decompressed, counted among what the exchange holds. `limit` is in bytes, is the setting MAX_BODY_BYTES,
 * and holds before and after decompression. Throws too_large, memory_full, unsupported_media_type (unknown
 * Content-Encoding), invalid_input (corrupt compression), client_closed_request. Bytes that come later are thrown away.
 */
export function readBody(exchange: Exchange, limit: number): Promise<Buffer> {
  const encoding = exchange.headers["content-encoding"];
  const length = Number(exchange.headers["content-length"] ?? 0);
  if (length > limit) {
    return Promise.reject(tooLarge(limit));
  }
  return encoding === undefined || encoding === "identity"
    ? plain(exchange, limit)
    : decoded(exchange, limit, encoding);
}

function plain(exchange: Exchange, limit: number): Promise<Buffer> {
  const { request } = exchange;
  return new Promise((resolve, reject) => {
    const body = new CollectedBytes(exchange);
    const onData = (piece: Buffer): void => {
      const fault = collect(body, piece, limit, tooLarge);
      if (fault) {
        request.off("data", onData);
        exchange.discardBody();
        reject(fault);
      }
    };
    request.on("data", onData);
    request.on("end", () => finish(body, resolve, reject));
    // Also when the connection closes before the end: node:http then destroys the request with ECONNRESET.
    request.on("error", (cause) => reject(clientGone(cause)));
  });
}

async function decoded(exchange: Exchange, limit: number, encoding: string): Promise<Buffer> {
  const coding = encoding.toLowerCase();
  const decoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (decoder === undefined) {
    throw new ServiceError(
      "unsupported_media_type",
      `Content-Encoding ${quoted(encoding)} is not supported; use gzip, deflate or br.`,
    );
  }
  exchange.hold(decoder.bytes);
  const { request } = exchange;
  const stream = decoder.start({ chunkSize: CHUNK_BYTES });
  try {
    return await decodedBy({ stream, coding }, exchange, limit);
  } finally {
    request.unpipe(stream);
    exchange.discardBody();
    stream.destroy();
  }
}

/** Decodes as the body comes, so that neither it nor what it becomes is there twice. */
function decodedBy(
  { stream, coding }: { readonly stream: Transform; readonly coding: string },
  exchange: Exchange,
  limit: number,
): Promise<Buffer> {
  const { request } = exchange;
  return new Promise((resolve, reject) => {
    const body = new CollectedBytes(exchange);
    let sent = 0;
    request.on("data", (piece: Buffer) => {
      sent += piece.length;
      if (sent > limit) {
        reject(tooLarge(limit));
      }
    });
    request.on("error", (cause) => reject(clientGone(cause)));
    stream.on("data", (piece: Buffer) => {
      const fault = collect(body, piece, limit, inflatesTooFar);
      if (fault) {
        stream.destroy();
        reject(fault);
      }
    });
    stream.on("end", () => finish(body, resolve, reject));
    stream.on("error", (cause) => reject(corrupt(cause, coding)));
    request.pipe(stream);
  });
}

/** Adds a piece to a body; for one too many lets go of them all, and gives the fault. */
function collect(
  body: CollectedBytes,
  piece: Buffer,
  limit: number,
  tooMuch: (limit: number) => ServiceError,
): Error | undefined {
  try {
    if (body.length + piece.length > limit) {
      throw tooMuch(limit);
    }
    body.add(piece);
    return undefined;
  } catch (error) {
    body.discard();
    return error as Error;
  }
}

function finish(
  body: CollectedBytes,
  resolve: (whole: Buffer) => void,
  reject: (reason: Error) => void,
): void {
  try {
    resolve(body.whole());
  } catch (error) {
    reject(error as Error);
  }
}

function tooLarge(limit: number): ServiceError {
  return new ServiceError("too_large", `The request body is larger than MAX_BODY_BYTES (${limit}).`);
}

function inflatesTooFar(limit: number): ServiceError {
  return new ServiceError("too_large", `The request body inflates to more than MAX_BODY_BYTES (${limit}).`);
}

function clientGone(cause: Error): ServiceError {
  return new ServiceError("client_closed_request", "The client closed the connection.", { cause });
}

function corrupt(cause: unknown, coding: string): ServiceError {
  return new ServiceError("invalid_input", `The request body is not valid ${coding} data.`, { cause });
}
