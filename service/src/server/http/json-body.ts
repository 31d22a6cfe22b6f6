import { isUtf8 } from "node:buffer";
import { isInteger, isSafeNumber, parse as parseLossless } from "lossless-json";
import type { z } from "zod";
import { ServiceError } from "../errors.js";
import { quoteBareNumbers } from "./bare-numbers.js";

/** Some clients put it first; readers of JSON may leave it out. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/** Integers that JSON.parse may round have at least so many digits. */
const LONG_NUMBER = /\d{16}/;

/**
 * The JSON value of a body. With `exact`, integers beyond 2^53 come as bigints, exact to the last digit. Bare NaN and
 * infinities, which JSON does not have, come as strings: see bare-numbers.ts.
 * Throws invalid_json, and invalid_input for an empty body.
 */
export function parseJson(body: Buffer, exact = false): unknown {
  if (body.length === 0) {
    throw new ServiceError("invalid_input", "The request body is empty.");
  }
  // JSON is UTF-8 (RFC 8259); what is not would come through with other characters.
  if (!isUtf8(body)) {
    throw new ServiceError("invalid_json", "The request body is not UTF-8 text.");
  }
  const text = body.toString("utf8", startsWithMark(body) ? BYTE_ORDER_MARK.length : 0);
  try {
    return parseText(text, exact);
  } catch (cause) {
    const quoted = quoteBareNumbers(text);
    if (quoted === undefined) {
      throw notJson(cause);
    }
    return parseQuoted(quoted, exact);
  }
}

function parseQuoted(text: string, exact: boolean): unknown {
  try {
    return parseText(text, exact);
  } catch (cause) {
    throw notJson(cause);
  }
}

function parseText(text: string, exact: boolean): unknown {
  return exact && LONG_NUMBER.test(text) ? parseLossless(text, undefined, exactNumber) : JSON.parse(text);
}

function notJson(cause: unknown): ServiceError {
  return new ServiceError("invalid_json", `The request body is not valid JSON: ${reasonOf(cause)}.`, {
    cause,
  });
}

function startsWithMark(body: Buffer): boolean {
  return body[0] === BYTE_ORDER_MARK[0] && body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

function exactNumber(text: string): number | bigint {
  return isInteger(text) && !isSafeNumber(text) ? BigInt(text) : Number(text);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : "unreadable";
}

/** `value` as `schema` has it. Throws invalid_input with the path of the first fault. */
export function checked<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const path = pathText(issue?.path ?? []);
  const message = issue?.message ?? "is not valid";
  throw new ServiceError("invalid_input", `${path === "" ? "The request body" : path}: ${message}.`, {
    ...(path !== "" && { path }),
  });
}

/** `["inputs", 0, "shape"]` as `inputs[0].shape`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") {
      return `${text}[${key}]`;
    }
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
