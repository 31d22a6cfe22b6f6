import type { ModelIndexEntry, ModelState } from "../engine.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { ServedVersion } from "../served-version.js";
import { Rejections } from "../statistics/rejections.js";
import type { PlannedVersion } from "./plan.js";
import { NO_VERSION, type ModelFolder } from "../../../models/scan.js";
import type { Absence, VersionFiles } from "../../../models/version-folder.js";
import { compareVersions, type ServingVersions } from "../../../models/versions.js";

interface Refused {
  readonly stamp: string;
  readonly reason: string;
}

/** One version folder of the repository: its files, what serves from them, what was refused. */
export class RepositoryVersion implements PlannedVersion {
  files: VersionFiles | undefined;
  settled = false;
  served: ServedVersion | undefined;
  /** Of the files that `served` was loaded from. */
  servedStamp: string | undefined;
  refused: Refused | undefined;
  transition: "LOADING" | "UNLOADING" | undefined;
  failures = 0;

  constructor(readonly version: string) {}

  get stamp(): string | undefined {
    return this.files?.stamp;
  }

  get refusedStamp(): string | undefined {
    return this.refused?.stamp;
  }

  get absence(): Absence["state"] | undefined {
    return this.files?.absent?.state;
  }

  /** Why the files as they are now are refused, or could not be fetched; undefined when they are not. */
  get refusal(): string | undefined {
    const isRefused = this.refused !== undefined && this.refused.stamp === this.stamp;
    return isRefused ? this.refused?.reason : this.files?.absent?.failure;
  }

  /** Whether the files as they are now were refused, or could not be fetched. */
  get isRefused(): boolean {
    return this.refusal !== undefined;
  }

  /** Whether requests are answered: it is loaded, and its threads live. */
  get serves(): boolean {
    return this.served !== undefined && this.served.failure === undefined;
  }

  serve(served: ServedVersion, stamp: string): void {
    this.served = served;
    this.servedStamp = stamp;
    this.refused = undefined;
  }

  /** Gives what served and is no longer chosen; undefined when nothing did. */
  withdraw(): ServedVersion | undefined {
    const { served } = this;
    this.served = undefined;
    this.servedStamp = undefined;
    return served;
  }
}

/** One model of the repository, whether it serves or not. */
export class RepositoryModel implements ServingVersions {
  readonly versions = new Map<string, RepositoryVersion>();
  readonly rejections = new Rejections();
  config: ModelConfig = {};
  /** Why its folder or config.json cannot be used; what serves goes on, with the configuration that it was loaded with. */
  problem: string | undefined;
  /** False after `unload`, or before `load` under explicit control. */
  wanted = true;
  /** Whether it is unwanted since an `unload`. */
  unloaded = false;

  constructor(readonly name: string) {}

  /** Takes in a look at the folder (undefined: it is gone). `trusted`: do not wait for a second, equal look. */
  see(folder: ModelFolder | undefined, trusted: boolean): void {
    const found = new Map(folder?.versions.map((version) => [version.version, version]));
    for (const name of found.keys()) {
      if (!this.versions.has(name)) {
        this.versions.set(name, new RepositoryVersion(name));
      }
    }
    for (const [name, version] of this.versions) {
      const now = found.get(name);
      version.settled = trusted || version.stamp === now?.stamp;
      version.files = now;
      if (!now && !version.served) {
        this.versions.delete(name);
      }
    }
  }

  serving(): RepositoryVersion[] {
    return [...this.versions.values()].filter((version) => version.served !== undefined);
  }

  /** Whether that version serves. */
  has(version: string): boolean {
    return this.versions.get(version)?.served !== undefined;
  }

  /** The versions that serve; looked at with each request, so without a list of them. */
  *[Symbol.iterator](): Generator<string> {
    for (const { version, served } of this.versions.values()) {
      if (served !== undefined) {
        yield version;
      }
    }
  }

  index(): ModelIndexEntry[] {
    const { name } = this;
    if (this.versions.size === 0) {
      const reason = this.problem ?? NO_VERSION;
      return [{ name, version: "", state: "UNAVAILABLE", reason, labels: [] }];
    }
    return [...this.versions.values()]
      .sort((left, right) => compareVersions(left.version, right.version))
      .map((version) => ({
        name,
        version: version.version,
        state: stateOf(version),
        reason: this.reasonOf(version),
        labels: this.labelsOf(version.version),
      }));
  }

  private labelsOf(version: string): string[] {
    return Object.entries(this.config.labels ?? {})
      .filter(([, labelled]) => labelled === version)
      .map(([label]) => label);
  }

  private reasonOf(version: RepositoryVersion): string {
    const refusal = this.problem ?? version.refusal;
    const failure = version.served?.failure;
    if (failure !== undefined) {
      return `${failure} It is being started again.`;
    }
    if (version.served) {
      return refusal ? `Newer files are refused: ${refusal}` : version.served.loading.warnings.join(" ");
    }
    if (version.transition) {
      return version.transition === "LOADING" ? "It is being loaded." : "It is being unloaded.";
    }
    if (!this.wanted) {
      return this.unloaded ? "It was unloaded." : "Nobody has asked to load it.";
    }
    if (refusal === undefined && !version.settled) {
      return "Its files still change.";
    }
    const fetching = version.absence === "fetching" ? version.files?.absent?.reason : undefined;
    return [refusal, fetching].filter(Boolean).join(" ") || "The version policy does not choose it.";
  }
}

function stateOf(version: RepositoryVersion): ModelState {
  if (version.served) {
    return version.serves ? "READY" : "UNAVAILABLE";
  }
  return version.transition ?? "UNAVAILABLE";
}
