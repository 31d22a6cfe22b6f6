import { z } from "zod";
import { checked, parseJson } from "../../server/http/json-body.js";
import { readBody } from "../../server/http/read-body.js";
import { json } from "../../server/http/reply.js";
import type { Route } from "../../server/http/route.js";
import { line, moment, probability, TEXTS } from "../api/fields.js";
import type { ApiOptions } from "../api/routes.js";
import type { Filters } from "../store/filters.js";
import type { Store } from "../store/store.js";
import { driftReport, type Current } from "./drift-report.js";

/** Results that are looked at: of more, the newest. */
const MOST_RESULTS = 100_000;

const MOST_LABELS = 10_000;

const reference = z
  .strictObject({
    id: line(200).meta({ description: "Which data it is of, as a version or a checksum." }),
    labels: z
      .record(TEXTS.label, z.int("must be a whole number").min(0, "must be at least 0"), "must be an object")
      .refine(
        (labels) => Object.keys(labels).length <= MOST_LABELS,
        `must have at most ${MOST_LABELS} labels`,
      )
      .optional()
      .meta({ description: "How often each label was predicted." }),
    probabilities: z
      .array(probability, "must be a list of numbers")
      .max(MOST_RESULTS, `must have at most ${MOST_RESULTS} items`)
      .optional()
      .meta({ description: "Of the labels that were predicted." }),
  })
  .meta({ id: "DriftReference" });

const request = z
  .strictObject({
    model: TEXTS.model,
    version: TEXTS.version.optional(),
    from: moment.optional().meta({ type: "string", description: "Results from this time on." }),
    to: moment.optional().meta({ type: "string", description: "Results before this time." }),
    reference,
  })
  .meta({ id: "DriftRequest" });

const distance = z.object({
  value: z.number(),
  n: z.object({ reference: z.int(), current: z.int() }),
});
const tested = distance.extend({ p: z.number(), degreesOfFreedom: z.int().optional() });
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.int() });

const report = z
  .object({
    reference: z.string(),
    results: z.int().meta({ description: `Those that were looked at: the newest ${MOST_RESULTS} at most.` }),
    labels: z.object({ stabilityIndex: distance, jensenShannon: distance, chiSquared: tested }).optional(),
    probabilities: z.object({ kolmogorovSmirnov: tested }).optional(),
    expectedAccuracy: estimate.optional().meta({
      description: "The accuracy to be expected without labels, if the probabilities are calibrated.",
    }),
  })
  .meta({ id: "DriftReport" });

/** Compares results with what the model predicted where it was known to be good. */
export function driftRoute({ settings, store }: ApiOptions): Route {
  return {
    method: "POST",
    path: "/v1/drift",
    access: "administrator",
    async handle(exchange) {
      const body = await parseJson(exchange, await readBody(exchange, settings.maxBodyBytes));
      const { reference: before, ...filters } = checked(body, request);
      const { results, ...current } = await currentOf(store, filters);
      return json({ results, ...driftReport(before, current) });
    },
    description: {
      tag: "Drift",
      summary: "How far a model's predictions have moved from a reference",
      request: { "application/json": request },
      response: { "application/json": report },
      errors: ["invalid_input", "invalid_json", "storage_unavailable"],
    },
  };
}

/** The labels and probabilities of the newest results. */
async function currentOf(store: Store, filters: Filters): Promise<Current & { readonly results: number }> {
  const labels = new Map<string, number>();
  const probabilities: number[] = [];
  let results = 0;
  for await (const rows of store.scan(filters)) {
    for (const { label, probability: probable } of rows.slice(0, MOST_RESULTS - results)) {
      results += 1;
      if (label !== "") {
        labels.set(label, (labels.get(label) ?? 0) + 1);
      }
      if (probable !== null) {
        probabilities.push(probable);
      }
    }
    if (results === MOST_RESULTS) {
      break;
    }
  }
  return { labels, probabilities, results };
}
