import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../server/errors.js";
import { parseModelConfig } from "../../models/config-file.js";
import { publishVersion } from "../../models/publish.js";
import { scanModel } from "../../models/scan.js";
import { isMissing } from "../../models/unreadable.js";
import { DEFAULT_LABEL, resolveVersion } from "../../models/versions.js";
import type { Job, Verdict } from "../jobs/job.js";
import type { Message } from "../jobs/messages.js";
import { jobOfManifest, provenanceOf } from "./manifest.js";
import { pointTo, readConfigText, writeConfig } from "./pointer.js";

export type Trained = Extract<Message, { type: "trained" }>;

/** What was published, and whether requests that name no version go to it. */
export interface Published {
  readonly model: string;
  readonly version: string;
  readonly promoted: boolean;
  readonly forced: boolean;
  /** The verdict, with what else kept the version from being promoted. */
  readonly gate: Verdict;
}

/** A version of a model that is in the store. */
export interface StoredVersion {
  readonly version: string;
  readonly path: string;
}

/** Puts what jobs make into the model store in the folder `repository`. */
export class Publisher {
  constructor(private readonly repository: string) {}

  /** The version that answers requests for `model` that name none; undefined where there is no version. */
  async servingVersion(model: string): Promise<StoredVersion | undefined> {
    try {
      const { versions, configText } = await scanModel(this.folderOf(model), model);
      const whole = versions.filter(({ problem }) => problem === undefined);
      const { labels = {} } = parseModelConfig(configText);
      const version = resolveVersion(undefined, new Set(whole.map((each) => each.version)), labels);
      return whole.find((each) => each.version === version);
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /**
   * Writes a job's artifacts as the next version, once, however often it is asked to. The version is promoted when it
   * passed against what serves now, or by force.
   */
  async publish(
    job: Job & { readonly model: string },
    artifacts: string,
    trained: Trained,
  ): Promise<Published> {
    const { model, force } = job;
    const serving = await this.servingVersion(model);
    const mine = await this.versionOf(job);
    const gate = mine === undefined ? stillTrue(trained.gate, serving) : trained.gate;
    const promoted = gate.passed || force;
    await this.prepare(model, trained, promoted ? undefined : serving);
    const version = mine ?? (await this.write(job, artifacts, trained, serving));
    if (promoted) {
      await pointTo(this.folderOf(model), version, await readConfigText(this.folderOf(model)));
    }
    return { model, version, promoted, forced: promoted && !gate.passed, gate };
  }

  private folderOf(model: string): string {
    return join(this.repository, model);
  }

  /** Has a config.json be there, and what serves go on serving when the newest version is not to. */
  private async prepare(model: string, { config }: Trained, keep: StoredVersion | undefined): Promise<void> {
    const folder = this.folderOf(model);
    await mkdir(folder, { recursive: true });
    const text = await readConfigText(folder);
    checkLabels(text, config);
    if (text === undefined && config !== undefined) {
      await writeConfig(folder, config, undefined);
    }
    if (keep !== undefined && parseModelConfig(text).labels?.[DEFAULT_LABEL] === undefined) {
      await pointTo(folder, keep.version, await readConfigText(folder));
    }
  }

  private async write(
    job: Job & { readonly model: string },
    artifacts: string,
    trained: Trained,
    parent: StoredVersion | undefined,
  ): Promise<string> {
    const files: Record<string, Uint8Array> = {};
    for (const name of await readdir(artifacts)) {
      files[name] = await readFile(join(artifacts, name));
    }
    return publishVersion(this.folderOf(job.model), files, provenanceOf(job, trained, parent?.version));
  }

  /** The version that this job has published before the service ended. */
  private async versionOf(job: Job & { readonly model: string }): Promise<string | undefined> {
    const folder = this.folderOf(job.model);
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => !each.startsWith("."))) {
      const text = await readFile(join(folder, name, "manifest.json"), "utf8").catch(() => undefined);
      if (text !== undefined && jobOfManifest(text) === job.id) {
        return name;
      }
    }
    return undefined;
  }
}

/** The labels in config.json are those of every version: scores of other classes would be answered under them. */
function checkLabels(text: string | undefined, config: Trained["config"]): void {
  const there = parseModelConfig(text).postprocess?.labels;
  const made = parseModelConfig(JSON.stringify(config ?? {})).postprocess?.labels;
  if (there !== undefined && made !== undefined && JSON.stringify(there) !== JSON.stringify(made)) {
    throw new Error("its classes are not the labels in the model's config.json; publish it as another model");
  }
}

/** What was compared while the job ran says nothing of a version that came to serve since. */
function stillTrue(gate: Verdict, serving: StoredVersion | undefined): Verdict {
  if (gate.against === serving?.version) {
    return gate;
  }
  const now = serving === undefined ? "no version serves" : `version ${serving.version} serves`;
  return {
    ...gate,
    passed: false,
    reason: `${gate.reason} Since then ${now}, which it was not compared with.`,
  };
}

/** Why nothing could be published, as a whole sentence. */
export function publishingFault(error: unknown): string {
  return `The model was trained but could not be published: ${messageOf(error)}.`;
}
