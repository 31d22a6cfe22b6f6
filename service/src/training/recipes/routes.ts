import { z } from "zod";
import { json } from "../../server/http/reply.js";
import type { Route } from "../../server/http/route.js";
import { RECIPES } from "./index.js";

const responseSchema = z.object({
  recipes: z.array(
    z.object({
      name: z.string(),
      summary: z.string(),
      examples: z.array(z.string()),
      parameters: z.record(z.string(), z.json()).describe("JSON Schema of what a job may set."),
    }),
  ),
});

/** What can be trained, and what a job may set. */
export function recipesRoute(): Route {
  return {
    method: "GET",
    path: "/v1/recipes",
    access: "administrator",
    handle: () =>
      json({
        recipes: Object.entries(RECIPES).map(([name, { summary, examples, parameters }]) => ({
          ...{ name, summary, examples },
          parameters: z.toJSONSchema(parameters, { io: "input" }),
        })),
      }),
    description: {
      tag: "Jobs",
      summary: "The recipes, their examples and parameters",
      response: { "application/json": responseSchema },
    },
  };
}
