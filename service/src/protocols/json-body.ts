import type { z } from "zod";
import { ServiceError } from "../errors.js";

/** The JSON value of a body. Throws invalid_json, and invalid_input for an empty body. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new ServiceError("invalid_input", "The request body is empty.");
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new ServiceError("invalid_json", `The request body is not valid JSON: ${reasonOf(cause)}.`, {
      cause,
    });
  }
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message.slice(0, 200) : "unreadable";

/** `value` as `schema` has it. Throws invalid_input with the path of the first fault. */
export function checked<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
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
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
