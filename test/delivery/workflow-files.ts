import { readdirSync, readFileSync } from "node:fs";

import { parse } from "yaml";

/** One step of a job. */
export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** One job of a workflow, or the steps of an action. */
export interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: unknown;
  readonly strategy?: {
    readonly matrix?: { readonly include?: readonly Readonly<Record<string, string>>[] };
  };
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

/** A workflow, or an action that is made of steps. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
  readonly permissions: Readonly<Record<string, string>> | undefined;
  readonly jobs: readonly (readonly [string, Job])[];
  readonly steps: readonly Step[];
}

/** Every workflow and action of the repository. */
export function workflowFiles(): WorkflowFile[] {
  const names = readdirSync(".github", { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /^(workflows|actions)\b.*\.yml$/.test(name))
    .map((name) => workflowFile(`.github/${name}`));
}

function workflowFile(path: string): WorkflowFile {
  const text = readFileSync(path, "utf8");
  const { permissions, jobs, runs } = parse(text) as {
    permissions?: WorkflowFile["permissions"];
    jobs?: Record<string, Job>;
    runs?: Job;
  };
  const all = Object.entries(jobs ?? {});
  const steps = [...all.map(([, job]) => job), runs].flatMap((job) => job?.steps ?? []);
  return { path, text, permissions, jobs: all, steps };
}
