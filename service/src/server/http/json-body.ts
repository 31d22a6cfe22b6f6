import { isUtf8 } from "node:buffer";
import { isInteger, isSafeNumber, parse as parseLossless } from "lossless-json";
import type { z } from "zod";
import { JSON_GROWTH } from "../byte-budget.js";
import type { Call } from "../call.js";
import { ServiceError } from "../errors.js";
import { Gate } from "../gate.js";
import { quoteBareNumbers } from "./bare-numbers.js";
import { JsonScanner } from "./json-scanner.js";
import { parseLarge } from "./large-json.js";
import { shortened } from "../quoted.js";

/** Some clients put it first; readers of JSON may leave it out. */
const BYTE_ORDER_MARK = Buffer.from("\ufeff");

/** Integers that JSON.parse may round have at least so many digits. */
const LONG_NUMBER = /\d{16}/;

/** Integers of 64 bits have no more characters: longer ones only cost time, the square of their length. */
const LONGEST_INTEGER = 20;

/** Bytes up to which a body is parsed at once, and without a look at the limits: so few cannot hold much. */
const SMALL_BYTES = 16 * 1024;

/** Bytes from which a body is parsed alone; what it becomes takes several times as many. */
const HUGE_BYTES = 1024 * 1024;

const hugeBodies = new Gate(1);
const largeBodies = new Gate(8);

/** Whether anybody waits for an answer, and what it holds. */
type Waiting = Pick<Call, "cancelled" | "deadline" | "hold">;

/**
 * The JSON value of a body. With `exact`, integers beyond 2^53 come as bigints, exact to the last digit. Bare NaN and
 * infinities, which JSON does not have, come as strings: see bare-numbers.ts. A large body is parsed in turns with everything
 * else, and not at all once nobody waits for the answer.
 * Throws invalid_json, memory_full, and invalid_input for an empty body and for one beyond the limits of JsonScanner.
 */
export async function parseJson(call: Waiting, body: Buffer, exact = false): Promise<unknown> {
  if (body.length === 0) {
    throw new ServiceError("invalid_input", "The request body is empty.");
  }
  // JSON is UTF-8 (RFC 8259); what is not would come through with other characters.
  if (!isUtf8(body)) {
    throw new ServiceError("invalid_json", "The request body is not UTF-8 text.");
  }
  const start = startsWithMark(body) ? BYTE_ORDER_MARK.length : 0;
  if (body.length <= SMALL_BYTES) {
    call.hold(JSON_GROWTH * body.length);
    return parseSmall(body, start, exact);
  }
  const gate = body.length < HUGE_BYTES ? largeBodies : hugeBodies;
  return gate.run(() => {
    checkWaiting(call);
    call.hold(JSON_GROWTH * body.length);
    return parseLarge(body, start, (text) => parseTolerant(text, exact));
  });
}

function checkWaiting({ cancelled, deadline }: Waiting): void {
  if (cancelled) {
    throw new ServiceError("client_closed_request", "The client closed the connection.");
  }
  if (performance.now() > deadline) {
    throw new ServiceError("deadline_exceeded", "The deadline passed before the request's JSON was read.");
  }
}

function parseSmall(body: Buffer, start: number, exact: boolean): unknown {
  const text = body.toString("utf8", start);
  if (exact && LONG_NUMBER.test(text)) {
    // The exact parser calls itself for what is nested.
    new JsonScanner(body, start).advance(Infinity, body.length);
  }
  try {
    return parseTolerant(text, exact);
  } catch (cause) {
    throw new ServiceError("invalid_json", `The request body is not valid JSON: ${reasonOf(cause)}.`, {
      cause,
    });
  }
}

/** With what JSON does not have; throws what JSON.parse does. */
function parseTolerant(text: string, exact: boolean): unknown {
  try {
    return parseText(text, exact);
  } catch (cause) {
    const quoted = quoteBareNumbers(text);
    if (quoted === undefined) {
      throw cause;
    }
    return parseText(quoted, exact);
  }
}

function parseText(text: string, exact: boolean): unknown {
  return exact && LONG_NUMBER.test(text) ? parseLossless(text, undefined, exactNumber) : JSON.parse(text);
}

function startsWithMark(body: Buffer): boolean {
  return body[0] === BYTE_ORDER_MARK[0] && body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

function exactNumber(text: string): number | bigint {
  return text.length <= LONGEST_INTEGER && isInteger(text) && !isSafeNumber(text)
    ? BigInt(text)
    : Number(text);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? shortened(cause.message) : "unreadable";
}

/** `value`, which is at the path `at` of a body, as `schema` has it. Throws invalid_input with the path of the first fault. */
export function checked<S extends z.ZodType>(
  value: unknown,
  schema: S,
  at: readonly PropertyKey[] = [],
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const path = pathText([...at, ...(issue?.path ?? [])]);
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
    const name = shortened(String(key));
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
