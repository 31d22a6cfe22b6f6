import { z } from "zod";
import type { Records } from "../../models/pointer/records.js";
import { figuresSchema } from "./figures.js";
import type { PromotionState } from "./state.js";

/** What a replica says of itself while a promotion is going on, in `.replicas/ID.json` beside the model. */
export const reportSchema = z
  .object({
    id: z.string(),
    /** For people; whether it lives is told by `beat`, which each report counts on. */
    time: z.string(),
    beat: z.int(),
    promotion: z.string(),
    stage: z.int(),
    /** Digest of the config.json that all of its workers go by; null while they differ. */
    config: z.string().nullable(),
    /** What it serves to whom. */
    versions: z.array(
      z.object({
        version: z.string(),
        ready: z.boolean(),
        /** Why the replica refuses its files. */
        refused: z.string().optional(),
        labels: z.array(z.string()),
        traffic: z.number(),
        shadow: z.number(),
      }),
    ),
    /** By version, since the stage began. */
    figures: z.record(z.string(), figuresSchema),
  })
  .meta({ id: "ReplicaReport" });

export type ReplicaReport = z.infer<typeof reportSchema>;

function folderOf(model: string): string {
  return `${model}/.replicas`;
}

export function reportPath(model: string, id: string): string {
  return `${folderOf(model)}/${id}.json`;
}

/** All reports beside a model; those that cannot be read as such are left out. */
export async function readReports(records: Records, model: string): Promise<ReplicaReport[]> {
  const names = (await records.list(folderOf(model))).filter((name) => /^[^.].*\.json$/.test(name));
  const found = await Promise.all(names.map((name) => records.read(`${folderOf(model)}/${name}`)));
  return found.flatMap((recorded) => parsed(recorded?.text) ?? []);
}

function parsed(text: string | undefined): ReplicaReport | undefined {
  try {
    return reportSchema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** Why a replica does not serve what the stage is to serve, to follow its name; undefined when it does. */
export function disagreement(report: ReplicaReport, state: PromotionState): string | undefined {
  if (report.promotion !== state.id || report.stage !== state.stage) {
    return "has not seen this step yet";
  }
  if (report.config !== state.target) {
    return "does not go by this step's config.json yet";
  }
  const needed = state.kind === "roll back" ? state.stable : state.version;
  const isReady = report.versions.some(({ version, ready }) => version === needed && ready);
  return isReady ? undefined : `cannot answer with version ${needed} yet`;
}

/** What a replica says of a version that it refuses, and will until the files change: a sentence. Undefined when it does not. */
export function refusal(report: ReplicaReport, { id, stage, version }: PromotionState): string | undefined {
  const found = report.versions.find((each) => each.version === version)?.refused;
  return found === undefined || report.promotion !== id || report.stage !== stage
    ? undefined
    : `The replica ${report.id} refuses it: ${found}`;
}
