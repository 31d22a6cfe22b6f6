import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import { checked, parseJson } from "../../server/http/json-body.js";
import { readBody } from "../../server/http/read-body.js";
import { json } from "../../server/http/reply.js";
import type { Route } from "../../server/http/route.js";
import { TEXTS } from "./fields.js";
import type { ApiOptions } from "./routes.js";

const deletion = z.strictObject({
  ids: z
    .array(TEXTS.id, "must be a list")
    .min(1, "must not be empty")
    .max(1000, "must have at most 1000 items")
    .optional()
    .meta({ description: "Of results, or of exchanges, which go with all their results." }),
  subject: TEXTS.subject.optional(),
});

/** Deletes for good. Not in the path: what somebody wants forgotten is not to be in the log. */
export function deleteRoute({ settings, store, metrics }: ApiOptions): Route {
  return {
    method: "POST",
    path: "/v1/deletions",
    access: "administrator",
    async handle(exchange) {
      const body = await parseJson(exchange, await readBody(exchange, settings.maxBodyBytes));
      const { ids, subject } = checked(body, deletion);
      if ((ids === undefined) === (subject === undefined)) {
        throw new ServiceError("invalid_input", "The request body must have either ids or subject.");
      }
      const deleted =
        subject === undefined ? await store.deleteByIds(ids ?? []) : await store.deleteBySubject(subject);
      metrics.deleted("request", deleted);
      return json({ deleted });
    },
    description: {
      tag: "Results",
      summary: "Delete results and what came with them, by id or by subject",
      description: "They are in no page and no export any more, and stay away if they are sent again.",
      request: { "application/json": deletion },
      response: { "application/json": z.object({ deleted: z.int() }) },
      errors: ["invalid_input", "invalid_json", "storage_unavailable"],
    },
  };
}
