import { z } from "zod";
import type { ErrorCode } from "../../server/errors.js";
import type { Bodies } from "../../server/http/route.js";

const anything = z.looseObject({});

/** A JSON body of that schema. */
export function jsonBody(schema: z.ZodType = anything): Bodies {
  return { "application/json": schema };
}

/** What may go wrong with a request for an inference. */
export const INFERENCE_ERRORS: readonly ErrorCode[] = [
  "invalid_input",
  "invalid_json",
  "invalid_image",
  "model_not_found",
  "too_large",
  "unsupported_media_type",
  "unprocessable",
  "request_timeout",
  "queue_full",
  "memory_full",
  "deadline_unreachable",
  "model_not_ready",
  "deadline_exceeded",
];

/** What may go wrong with a question about a model. */
export const MODEL_ERRORS: readonly ErrorCode[] = ["model_not_found", "model_not_ready"];

/** The headers that every inference takes. */
export const INFERENCE_HEADERS = {
  "Request-Timeout-Ms": z.number().positive().meta({
    description:
      "Milliseconds that the client waits. What cannot be answered by then is refused (503) or given up (504).",
  }),
  "X-Affinity": z.string().meta({
    description:
      "Where config.json divides the traffic, requests of one value get one version. AFFINITY_HEADER sets another name.",
  }),
};
