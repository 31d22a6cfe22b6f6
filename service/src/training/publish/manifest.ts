import { createHash } from "node:crypto";
import { SERVICE } from "../../server/version.js";
import type { Job } from "../jobs/job.js";
import type { Message } from "../jobs/messages.js";

/** The text of a version's manifest.json: what its files are, what they were made from and by, and how good it is. */
export function manifestOf(
  job: Job,
  files: Readonly<Record<string, Uint8Array>>,
  { metrics, data, gate }: Extract<Message, { type: "trained" }>,
  parent: string | undefined,
): string {
  const listed = Object.entries(files).map(([name, bytes]) => [
    name,
    { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length },
  ]);
  const manifest = {
    files: Object.fromEntries(listed) as object,
    lineage: {
      job: job.id,
      recipe: job.recipe,
      parameters: job.parameters,
      data,
      code: SERVICE,
      ...(parent !== undefined && { parent }),
    },
    metrics,
    gate: { ...gate, forced: job.force && !gate.passed },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
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
