import type { Provenance } from "../../models/manifest.js";
import { SERVICE } from "../../server/version.js";
import type { Job } from "../jobs/job.js";
import type { Message } from "../jobs/messages.js";

/** What a version's manifest says beside its files: what it was made from and by, and how good it is. */
export function provenanceOf(
  { id, recipe, parameters, force }: Job,
  { metrics, data, gate }: Extract<Message, { type: "trained" }>,
  parent: string | undefined,
): Provenance {
  const numbers = Object.entries(metrics).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return {
    lineage: {
      ...{ job: id, recipe, parameters, data },
      code: `${SERVICE.name} ${SERVICE.version}`,
      ...(parent !== undefined && { parent }),
      gate: { ...gate, forced: force && !gate.passed },
    },
    metrics: Object.fromEntries(numbers),
  };
}

/** The job that a manifest's version is of; undefined where it is of none. */
export function jobOfManifest(text: string): unknown {
  try {
    const manifest = JSON.parse(text) as { lineage?: { job?: unknown } } | null;
    return manifest?.lineage?.job;
  } catch {
    return undefined;
  }
}
