import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { parseModelConfig } from "../../models/config-file.js";
import type { Request, Surroundings } from "../../models/pointer/change-pointer.js";
import { FolderRecords } from "../../models/pointer/folder-records.js";
import { promote, setTraffic } from "../../models/pointer/operations.js";
import { publishVersion } from "../../models/publish.js";
import { scanModel } from "../../models/scan.js";
import { isMissing } from "../../models/unreadable.js";
import { DEFAULT_LABEL, resolveVersion } from "../../models/versions.js";
import type { Job, Verdict } from "../jobs/job.js";
import type { Message } from "../jobs/messages.js";
import { jobOfManifest, provenanceOf } from "./manifest.js";

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
  private readonly surroundings: Surroundings;

  constructor(
    private readonly repository: string,
    log: Logger,
  ) {
    this.surroundings = { records: new FolderRecords(repository), log, now: () => new Date() };
  }

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
    const forced = promoted && !gate.passed;
    const text = await this.configOf(model, trained);
    if (!promoted && serving !== undefined) {
      await this.keep(model, serving.version, text, askedBy(job, gate.reason));
    }
    const version = mine ?? (await this.write(job, artifacts, trained, serving));
    if (promoted) {
      const why = forced ? `${gate.reason} It was promoted by force.` : gate.reason;
      await promote(this.surroundings, model, version, askedBy(job, why));
    }
    return { model, version, promoted, forced, gate };
  }

  private folderOf(model: string): string {
    return join(this.repository, model);
  }

  /** The text of a model's config.json; where there is none, that which belongs to what was trained. */
  private async configOf(model: string, { config }: Trained): Promise<string | undefined> {
    const { records } = this.surroundings;
    const path = `${model}/config.json`;
    const recorded = await records.read(path);
    checkLabels(recorded?.text, config);
    if (recorded !== undefined || config === undefined) {
      return recorded?.text;
    }
    const text = `${JSON.stringify(config, null, 2)}\n`;
    parseModelConfig(text);
    await records.write(path, text, undefined);
    return text;
  }

  /** Has the version that serves go on serving when a newer one is there, which is not to. */
  private async keep(
    model: string,
    version: string,
    configText: string | undefined,
    request: Request,
  ): Promise<void> {
    if (parseModelConfig(configText).labels?.[DEFAULT_LABEL] === undefined) {
      await setTraffic(this.surroundings, model, { labels: { [DEFAULT_LABEL]: version } }, request);
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

/** As the events of the model have it. */
function askedBy(job: Job, why: string): Request {
  return { who: { name: job.id, by: "training" }, why };
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
