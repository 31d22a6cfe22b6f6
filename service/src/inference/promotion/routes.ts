import type { z } from "zod";
import type { ErrorCode } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import { checked, parseJson } from "../../server/http/json-body.js";
import { readBody } from "../../server/http/read-body.js";
import { json } from "../../server/http/reply.js";
import type { Parameters, Route, RouteDescription } from "../../server/http/route.js";
import type { Changed } from "../../models/pointer/change-pointer.js";
import type { Who } from "../../models/pointer/events.js";
import { jsonBody } from "../protocols/descriptions.js";
import { planSchema } from "./plan.js";
import {
  changedSchema,
  eventsSchema,
  promoteSchema,
  rollbackSchema,
  statusSchema,
  trafficSchema,
} from "./schema.js";
import type { Steering } from "./steering.js";

export interface PromotionRoutesOptions {
  readonly steering: () => Promise<Steering>;
  readonly maxBodyBytes: number;
}

const READ_ERRORS: readonly ErrorCode[] = ["model_not_found", "unprocessable", "repository_unavailable"];
const BODY_ERRORS: readonly ErrorCode[] = [
  "invalid_input",
  "invalid_json",
  "too_large",
  "unsupported_media_type",
];

/** What administrators change of what serves to whom, and what they are told of it. */
export function promotionRoutes({ steering, maxBodyBytes }: PromotionRoutesOptions): Route[] {
  const changing = <S extends z.ZodType>(
    action: string,
    schema: S,
    run: (steering: Steering, model: string, asked: z.output<S>, who: Who) => Promise<object>,
    description: Pick<RouteDescription, "summary" | "bodyOptional" | "response">,
  ): Route => ({
    method: "POST",
    path: pathOf(action),
    access: "administrator",
    async handle(exchange, parameters) {
      const body = await readBody(exchange, maxBodyBytes);
      const isLeftOut = description.bodyOptional === true && body.length === 0;
      const asked = checked(isLeftOut ? {} : await parseJson(exchange, body), schema);
      return json(await run(await steering(), modelOf(parameters), asked, whoOf(exchange)));
    },
    description: {
      tag: "Promotion",
      request: jsonBody(schema),
      errors: ["conflict", ...BODY_ERRORS, ...READ_ERRORS],
      ...description,
    },
  });
  return [
    changing("promote", promoteSchema, promote, {
      summary: "Make a version stable, at once or step by step",
      response: jsonBody(),
    }),
    changing("rollback", rollbackSchema, rollback, {
      summary: "End what is being tried, or go back to the version that was stable before",
      bodyOptional: true,
      response: jsonBody(changedSchema),
    }),
    changing("traffic", trafficSchema, setTraffic, {
      summary: "Set labels, shares of the traffic and the shadow",
      response: jsonBody(changedSchema),
    }),
    asking(steering, "events", "What was changed, when, by whom and why", eventsSchema, (at, model) =>
      at.events(model),
    ),
    asking(steering, "promotion", "How an automatic promotion goes", statusSchema, (at, model) =>
      at.status(model),
    ),
  ];
}

function pathOf(action: string): string {
  return `/v2/repository/models/:model/${action}`;
}

function asking(
  steering: () => Promise<Steering>,
  action: string,
  summary: string,
  schema: z.ZodType,
  run: (steering: Steering, model: string) => Promise<object>,
): Route {
  return {
    method: "GET",
    path: pathOf(action),
    access: "administrator",
    handle: async (_, parameters) => json(await run(await steering(), modelOf(parameters))),
    description: { tag: "Promotion", summary, response: jsonBody(schema), errors: READ_ERRORS },
  };
}

async function promote(
  steering: Steering,
  model: string,
  { version, why, auto }: z.output<typeof promoteSchema>,
  who: Who,
): Promise<object> {
  if (auto === false) {
    return answer(model, await steering.promote(model, version, { who, why }));
  }
  const plan = auto === true ? planSchema.parse({}) : auto;
  return { promotion: await steering.begin(model, version, plan, { who, why }) };
}

async function rollback(
  steering: Steering,
  model: string,
  { version, why }: z.output<typeof rollbackSchema>,
  who: Who,
): Promise<object> {
  return answer(model, await steering.rollback(model, version, { who, why }));
}

async function setTraffic(
  steering: Steering,
  model: string,
  { why, ...change }: z.output<typeof trafficSchema>,
  who: Who,
): Promise<object> {
  return answer(model, await steering.setTraffic(model, change, { who, why }));
}

function answer(model: string, { from, to, event }: Changed): object {
  return { model, from, to, event: event?.id ?? null };
}

function modelOf({ model = "" }: Parameters): string {
  return model;
}

/** The name of the key that the request came with; without keys nobody knows. */
function whoOf({ notes = [] }: Exchange): Who {
  const [, name] = notes.find(([note]) => note === "key") ?? [];
  return name === undefined ? { name: "anybody", by: "no key" } : { name: String(name), by: "key" };
}
