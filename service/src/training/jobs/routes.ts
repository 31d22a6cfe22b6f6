import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ServiceError } from "../../server/errors.js";
import type { Exchange } from "../../server/http/exchange.js";
import { parseJson } from "../../server/http/json-body.js";
import { readBody } from "../../server/http/read-body.js";
import { json, type Reply } from "../../server/http/reply.js";
import type { Parameters, Route } from "../../server/http/route.js";
import { quoted } from "../../server/quoted.js";
import type { EventStreams } from "./event-stream.js";
import { ARTIFACTS, type ArtifactName } from "./job-folders.js";
import type { Jobs } from "./jobs.js";
import { LIST_QUERY, pageOf } from "./list.js";
import { submissionSchema, submit, type CheckData } from "./submit.js";
import { jobSummarySchema, jobViewSchema, summaryOf, viewOf } from "./view.js";

/** Bytes of a request for a job. */
const MOST_BYTES = 2 ** 20;

const TAG = "Jobs";
const JOB = { "application/json": jobViewSchema };

/** The API of jobs: all of it is the administrator's, since a job computes for minutes and writes into the model store. */
export function jobRoutes(jobs: Jobs, streams: EventStreams, checkData: CheckData): Route[] {
  const one = (parameters: Parameters): ReturnType<Jobs["get"]> => jobs.get(parameters["id"] ?? "");
  return [
    createRoute(jobs, checkData),
    {
      method: "GET",
      path: "/v1/jobs",
      access: "administrator",
      handle({ query }) {
        const { jobs: page, next } = pageOf(jobs.table.all(), query);
        return json({ jobs: page.map((job) => summaryOf(jobs, job)), ...(next !== undefined && { next }) });
      },
      description: {
        tag: TAG,
        summary: "Jobs, the newest first",
        query: LIST_QUERY,
        response: {
          "application/json": z.object({ jobs: z.array(jobSummarySchema), next: z.string().optional() }),
        },
        errors: ["invalid_input"],
      },
    },
    {
      method: "GET",
      path: "/v1/jobs/:id",
      access: "administrator",
      handle: (_, parameters) => json(viewOf(jobs, one(parameters))),
      description: {
        tag: TAG,
        summary: "A job: its states, progress and epochs",
        response: JOB,
        errors: ["not_found"],
      },
    },
    {
      method: "POST",
      path: "/v1/jobs/:id/cancel",
      access: "administrator",
      handle: async (_, parameters) => json(viewOf(jobs, await jobs.cancel(one(parameters).id))),
      description: {
        tag: TAG,
        summary: "Ends a job that waits or runs",
        response: JOB,
        errors: ["not_found", "unprocessable"],
      },
    },
    eventsRoute(jobs, streams),
    {
      method: "GET",
      path: "/v1/jobs/:id/logs",
      access: "administrator",
      handle: (exchange, parameters) =>
        fileReply(exchange, jobs.table.folders.logOf(one(parameters).id), "text/plain; charset=utf-8", ""),
      description: {
        tag: TAG,
        summary: "What a job's process has said so far",
        response: { "text/plain": z.string() },
        errors: ["not_found"],
      },
    },
    artifactRoute(jobs),
  ];
}

function createRoute(jobs: Jobs, checkData: CheckData): Route {
  return {
    method: "POST",
    path: "/v1/jobs",
    access: "administrator",
    async handle(exchange) {
      const body = await parseJson(exchange, await readBody(exchange, MOST_BYTES));
      const key = exchange.headers["idempotency-key"];
      const { job, isNew } = await submit(jobs, checkData, body, typeof key === "string" ? key : undefined);
      const headers = { Location: `/v1/jobs/${job.id}` };
      return { status: isNew ? 201 : 200, body: JSON.stringify(viewOf(jobs, job)), headers };
    },
    description: {
      tag: TAG,
      summary: "Queues a job",
      description: "Answers 201, or 200 with the job that the same Idempotency-Key has made before.",
      headers: {
        "Idempotency-Key": z
          .string()
          .describe("The same key and body make one job, however often they are sent."),
      },
      request: { "application/json": submissionSchema },
      response: JOB,
      errors: ["invalid_input", "invalid_json", "too_large", "unprocessable", "queue_full", "shutting_down"],
    },
  };
}

function eventsRoute(jobs: Jobs, streams: EventStreams): Route {
  return {
    method: "GET",
    path: "/v1/jobs/:id/events",
    access: "administrator",
    handle(exchange, { id = "" }) {
      const job = jobs.get(id);
      const after = lastEventOf(exchange, job.events.length);
      const headers = { "Cache-Control": "no-store", "X-Accel-Buffering": "no" };
      const body = exchange.method === "HEAD" ? "" : streams.follow(exchange, id, after);
      return { status: 200, contentType: "text/event-stream", headers, body };
    },
    description: {
      tag: TAG,
      summary: "What happens to a job, until it ends, as server-sent events",
      description: "Events `state` and `epoch` are numbered; `progress` is not. Ends with the job.",
      headers: { "Last-Event-ID": z.string().describe("The number of the last event that was seen.") },
      response: { "text/event-stream": z.string() },
      errors: ["not_found", "invalid_input", "too_many_requests"],
    },
  };
}

/** Of what a client says it has seen; never more than there is. */
function lastEventOf({ headers }: Exchange, most: number): number {
  const text = headers["last-event-id"];
  if (text === undefined || text === "") {
    return 0;
  }
  if (typeof text !== "string" || !/^\d{1,9}$/.test(text)) {
    throw new ServiceError("invalid_input", "The header Last-Event-ID must be the number of an event.", {
      path: "last-event-id",
    });
  }
  return Math.min(Number(text), most);
}

function artifactRoute(jobs: Jobs): Route {
  return {
    method: "GET",
    path: "/v1/jobs/:id/artifacts/:name",
    access: "administrator",
    handle(exchange, { id = "", name = "" }) {
      const job = jobs.get(id);
      if (!isArtifact(name)) {
        const known = Object.keys(ARTIFACTS).join(", ");
        throw new ServiceError("not_found", `A job has no artifact ${quoted(name)}; it may have ${known}.`);
      }
      return fileReply(exchange, join(jobs.table.folders.artifactsOf(job.id), name), ARTIFACTS[name]);
    },
    description: {
      tag: TAG,
      summary: "What a job has made: metrics.json, learning-curve.png, confusion.png, model.onnx",
      response: { "application/octet-stream": null, "application/json": null, "image/png": null },
      errors: ["not_found"],
    },
  };
}

function isArtifact(name: string): name is ArtifactName {
  return Object.hasOwn(ARTIFACTS, name);
}

/** A file as it is now, read as the client takes it; `absent` in its place, or not_found. */
async function fileReply(
  { method }: Exchange,
  path: string,
  contentType: string,
  absent?: string,
): Promise<Reply> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined && absent === undefined) {
    throw new ServiceError("not_found", "The job has not made this artifact, or not yet.");
  }
  // Opened once it is sent: nobody would close what was opened for a client that has gone.
  const isRead = found !== undefined && method !== "HEAD";
  return { status: 200, contentType, body: isRead ? piecesOf(path) : (absent ?? "") };
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path) as AsyncIterable<Uint8Array>;
}
