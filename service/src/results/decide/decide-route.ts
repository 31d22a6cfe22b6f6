import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import { checked, parseJson, pathText } from "../../server/http/json-body.js";
import { jsonPieces } from "../../server/http/pieces.js";
import { isList, partsOf } from "../../server/http/long-list.js";
import { readBody } from "../../server/http/read-body.js";
import type { Route } from "../../server/http/route.js";
import { giveTurn } from "../../server/turns.js";
import { DECISIONS, line, probability } from "../api/fields.js";
import { ACTIVATIONS, decide, probabilitiesOf, type Decided, type Thresholds } from "./decide.js";
import type { ApiOptions } from "../api/routes.js";

const MOST_ROWS = 10_000;
const MOST_LABELS = 10_000;

const output = z.number("must be a finite number");
const row = z
  .array(output, "must be a list of numbers")
  .min(1, "must not be empty")
  .max(MOST_LABELS, `must have at most ${MOST_LABELS} items`);

const scored = z.object({ label: z.string(), probability });

const request = z
  .strictObject({
    outputs: z
      .array(row, "must be a list of lists of numbers")
      .min(1, "must not be empty")
      .max(MOST_ROWS, `must have at most ${MOST_ROWS} items`)
      .meta({ description: "What the model puts out: a list of numbers for each row." }),
    activation: z
      .enum(ACTIVATIONS, `must be one of ${ACTIVATIONS.join(", ")}`)
      .default("none")
      .meta({ description: "What makes probabilities of outputs; none: they are some." }),
    labels: z
      .array(line(200), "must be a list of texts")
      .max(MOST_LABELS, `must have at most ${MOST_LABELS} items`)
      .optional()
      .meta({ description: "Of the outputs, in their order; by default their places from 0 on." }),
    top: z
      .int("must be a whole number")
      .min(1, "must be at least 1")
      .max(100, "must be at most 100")
      .default(1)
      .meta({ description: "How many of the most probable labels are given." }),
    accept: probability.default(0.9).meta({ description: "From this probability on: accept." }),
    review: probability.default(0.5).meta({ description: "From this one on: review; below it reject." }),
    classes: z
      .record(
        z.string(),
        z.strictObject({ accept: probability.optional(), review: probability.optional() }),
        "must be an object",
      )
      .default({})
      .meta({ description: "Thresholds of single labels, in place of those of all." }),
  })
  .meta({ id: "DecideRequest" });

type Request = Omit<z.output<typeof request>, "outputs">;

/** Turns outputs into labels and decisions; keeps nothing. */
export function decideRoute({ settings }: Pick<ApiOptions, "settings">): Route {
  return {
    method: "POST",
    path: "/v1/decide",
    access: "key",
    async handle(exchange) {
      const body = await parseJson(exchange, await readBody(exchange, settings.maxBodyBytes));
      return jsonPieces(text(await decideAll(body)));
    },
    description: {
      tag: "Decide",
      summary: "From a model's outputs to labels, and to accept, review or reject, with the reason",
      request: { "application/json": request },
      response: {
        "application/json": z.object({
          results: z.array(
            scored.extend({ top: z.array(scored), decision: z.enum(DECISIONS), reason: z.string() }),
          ),
        }),
      },
      errors: ["invalid_input", "invalid_json", "too_large"],
    },
  };
}

/** In turns with everything else: the rows are looked at one by one. */
async function decideAll(body: unknown): Promise<Decided[]> {
  const asked = checked(body, request.extend({ outputs: z.unknown() }));
  const { outputs, labels = [], activation, top } = asked;
  if (!isList(outputs) || outputs.length === 0 || outputs.length > MOST_ROWS) {
    throw fault("outputs", `must be a list of 1 to ${MOST_ROWS} lists of numbers`);
  }
  const thresholdsOf = thresholdsIn(asked);
  const decided: Decided[] = [];
  for (const item of partsOf(outputs).flat()) {
    const numbers = checked(item, row, ["outputs", decided.length]);
    checkRow(numbers, decided.length, asked);
    decided.push(decide(probabilitiesOf(numbers, activation), labels, top, thresholdsOf));
    await giveTurn();
  }
  return decided;
}

function checkRow(numbers: readonly number[], index: number, { labels, activation }: Request): void {
  if (labels !== undefined && labels.length !== numbers.length) {
    throw fault(
      `outputs[${index}]`,
      `has ${numbers.length} numbers and not one for each of the ${labels.length} labels`,
    );
  }
  const wrong = activation === "none" ? numbers.findIndex((number) => number < 0 || number > 1) : -1;
  if (wrong >= 0) {
    throw fault(
      `outputs[${index}][${wrong}]`,
      "is no probability: it must be from 0 to 1 unless activation is softmax or sigmoid",
    );
  }
}

/** The thresholds of a label. Throws invalid_input where those of any cannot hold together. */
function thresholdsIn({ accept, review, classes }: Request): (label: string) => Thresholds {
  const ofAll = consistent({ accept, review }, "review");
  const ofEach = new Map(
    Object.entries(classes).map(([label, own]) => {
      const ownAccept = own.accept ?? accept;
      // A label that is accepted sooner than others are reviewed is not reviewed.
      const ownReview = own.review ?? Math.min(review, ownAccept);
      return [label, consistent({ accept: ownAccept, review: ownReview }, pathText(["classes", label]))];
    }),
  );
  return (label) => ofEach.get(label) ?? ofAll;
}

function consistent(thresholds: Thresholds, path: string): Thresholds {
  const { accept, review } = thresholds;
  if (review > accept) {
    throw fault(
      path,
      `would review from ${review} on, which must be at most ${accept}, from which it accepts`,
    );
  }
  return thresholds;
}

function fault(path: string, reason: string): ServiceError {
  return new ServiceError("invalid_input", `${path} ${reason}.`, { path });
}

function* text(decided: readonly Decided[]): Generator<string> {
  for (const [index, one] of decided.entries()) {
    yield (index === 0 ? '{"results":[' : ",") + JSON.stringify(one);
  }
  yield "]}";
}
