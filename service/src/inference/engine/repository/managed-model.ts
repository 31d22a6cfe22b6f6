import type { ModelIndexEntry, ModelState } from "../engine.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { LoadedVersion } from "../loading/load-version.js";
import { Rejections } from "../statistics/rejections.js";
import type { VersionState } from "./plan.js";
import type { ScannedModel, ScannedVersion } from "../../../models/scan.js";
import { compareVersions, type Serving } from "../../../models/versions.js";

/** What serves, and the files that it was loaded from. */
interface Served {
  readonly loaded: LoadedVersion;
  readonly stamp: string;
}

interface Refused {
  readonly stamp: string;
  readonly reason: string;
}

/** One version folder: what is on disk, what serves, what was refused. */
export class ManagedVersion {
  scanned: ScannedVersion | undefined;
  settled = false;
  served: Served | undefined;
  refused: Refused | undefined;
  transition: "LOADING" | "UNLOADING" | undefined;
  failures = 0;

  constructor(readonly version: string) {}

  /** Whether the files as they are now were refused. */
  get isRefused(): boolean {
    return this.refused !== undefined && this.refused.stamp === this.scanned?.stamp;
  }

  /** Whether requests are answered: it is loaded, and its threads live. */
  get serves(): boolean {
    return this.served !== undefined && this.served.loaded.server.failure === undefined;
  }

  get state(): VersionState {
    return {
      version: this.version,
      stamp: this.scanned?.stamp,
      settled: this.settled,
      servedStamp: this.served?.stamp,
      refusedStamp: this.refused?.stamp,
    };
  }
}

/** One model of the repository, whether it serves or not. */
export class ManagedModel implements Serving {
  readonly versions = new Map<string, ManagedVersion>();
  readonly rejections = new Rejections();
  config: ModelConfig = {};
  /** Why config.json cannot be used; what serves goes on with the configuration that it was loaded with. */
  configProblem: string | undefined;
  /** False after `unload`, or before `load` under explicit control. */
  wanted = true;

  constructor(readonly name: string) {}

  /** Takes in a look at the folder (undefined: it is gone). `trusted`: do not wait for a second, equal look. */
  see(scanned: ScannedModel | undefined, trusted: boolean): void {
    const found = new Map(scanned?.versions.map((version) => [version.version, version]));
    for (const name of found.keys()) {
      if (!this.versions.has(name)) {
        this.versions.set(name, new ManagedVersion(name));
      }
    }
    for (const [name, version] of this.versions) {
      const now = found.get(name);
      version.settled = trusted || version.scanned?.stamp === now?.stamp;
      version.scanned = now;
      if (!now && !version.served) {
        this.versions.delete(name);
      }
    }
  }

  serving(): ManagedVersion[] {
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
      const reason = this.configProblem ?? "no version folder holds a model.onnx";
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

  private reasonOf(version: ManagedVersion): string {
    const refusal = this.configProblem ?? (version.isRefused ? version.refused?.reason : undefined);
    const failure = version.served?.loaded.server.failure;
    if (failure !== undefined) {
      return `${failure}; it is being started again`;
    }
    if (version.served) {
      return refusal ? `newer files are refused: ${refusal}` : "";
    }
    if (version.transition) {
      return "";
    }
    if (!this.wanted) {
      return "unloaded";
    }
    return (
      refusal ?? (version.settled ? "not selected by the version policy" : "waiting for its files to settle")
    );
  }
}

function stateOf(version: ManagedVersion): ModelState {
  if (version.served) {
    return version.serves ? "READY" : "UNAVAILABLE";
  }
  return version.transition ?? "UNAVAILABLE";
}
