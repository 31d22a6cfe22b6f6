import { createHash } from "node:crypto";
import { z } from "zod";
import { nameProblem } from "../../models/names.js";
import { ServiceError } from "../../server/errors.js";
import { checked, pathText } from "../../server/http/json-body.js";
import { quoted } from "../../server/quoted.js";
import { recipeNamed } from "../recipes/index.js";
import type { Recipe } from "../recipes/recipe.js";
import { jobDataSchema, type Job, type JobData } from "./job.js";
import type { Jobs } from "./jobs.js";

const KEY = /^[\x21-\x7e]{1,200}$/;

/** What a request for a job says. */
export const submissionSchema = z
  .strictObject({
    recipe: z.string().describe("What to train: digits or table."),
    data: jobDataSchema
      .optional()
      .describe(
        "An example that ships (the recipe's first when absent), a data set, or a path in DATA_FOLDER.",
      ),
    parameters: z.record(z.string(), z.json()).default({}).describe("Of the recipe; see docs/training.md."),
    model: z.string().optional().describe("The model that gets a new version; absent: nothing is published."),
    name: z.string().min(1).max(200).optional().describe("What people call the job."),
    force: z
      .boolean()
      .default(false)
      .describe("Promote the version even if it is worse than the one that serves."),
  })
  .meta({ id: "JobSubmission" });

/** Whether the data of a job is there. Throws invalid_input where it is not. */
export type CheckData = (data: JobData) => Promise<void>;

/**
 * Queues the job that `body` asks for, or gives the one that was made with the same idempotency key. Throws invalid_input
 * naming what is not known or out of bounds, and unprocessable for the key of another request.
 */
export async function submit(
  jobs: Jobs,
  checkData: CheckData,
  body: unknown,
  key: string | undefined,
): Promise<{ readonly job: Job; readonly isNew: boolean }> {
  const idempotency = key === undefined ? undefined : { key: checkedKey(key), digest: digestOf(body) };
  const known = idempotency && madeBefore(jobs, idempotency);
  if (known) {
    await jobs.table.saved(known.id);
    return { job: known, isNew: false };
  }
  const { recipe: name, parameters, model, data, ...rest } = checked(body, submissionSchema);
  const recipe = recipeNamed(name);
  const problem = model === undefined ? undefined : nameProblem("model", model);
  if (problem !== undefined) {
    throw new ServiceError("invalid_input", problem, { path: "model" });
  }
  const draft = {
    ...{ ...rest, recipe: name, model, idempotency },
    parameters: checkedParameters(recipe, name, parameters),
    data: dataOf(recipe, name, data),
  };
  await checkData(draft.data);
  // Another request with the key may have come meanwhile.
  const raced = idempotency && madeBefore(jobs, idempotency);
  return raced ? { job: raced, isNew: false } : { job: await jobs.add(draft), isNew: true };
}

function checkedKey(key: string): string {
  if (!KEY.test(key)) {
    throw new ServiceError(
      "invalid_input",
      "The header Idempotency-Key must be 1 to 200 visible ASCII characters.",
      {
        path: "idempotency-key",
      },
    );
  }
  return key;
}

function madeBefore(jobs: Jobs, { key, digest }: NonNullable<Job["idempotency"]>): Job | undefined {
  const job = jobs.table.all().find(({ idempotency }) => idempotency?.key === key);
  if (job !== undefined && job.idempotency?.digest !== digest) {
    throw new ServiceError(
      "unprocessable",
      `The Idempotency-Key was used for another request, which made the job ${job.id}.`,
    );
  }
  return job;
}

/** Throws invalid_input naming the parameter, and those that there are. */
function checkedParameters({ parameters }: Recipe, name: string, given: unknown): Job["parameters"] {
  const result = parameters.safeParse(given);
  if (result.success) {
    return result.data as Job["parameters"];
  }
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const [unknown = ""] = issue.keys;
    const known = Object.keys(parameters.shape).join(", ");
    const path = pathText(["parameters", unknown]);
    throw new ServiceError(
      "invalid_input",
      `The recipe ${name} has no parameter ${quoted(unknown)}; it has ${known}.`,
      { path },
    );
  }
  const path = pathText(["parameters", ...(issue?.path ?? [])]);
  throw new ServiceError("invalid_input", `${path}: ${issue?.message ?? "is not valid"}.`, { path });
}

function dataOf({ examples }: Recipe, name: string, data: JobData | undefined): JobData {
  const [first = ""] = examples;
  const chosen = data ?? { example: first };
  if ("example" in chosen && !examples.includes(chosen.example)) {
    throw new ServiceError(
      "invalid_input",
      `The recipe ${name} has no example ${quoted(chosen.example)}; it has ${examples.join(", ")}.`,
      { path: "data.example" },
    );
  }
  return chosen;
}

/** The same for the same JSON, in whatever order its members come. */
function digestOf(body: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(body)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
