import type { ModelIndexEntry, ModelState } from "../engine.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { ServedVersion } from "../served-version.js";
import { Rejections } from "../statistics/rejections.js";
import { CopyMemory } from "../traffic/copy-memory.js";
import { ModelTraffic, type TrafficVersions } from "../traffic/model-traffic.js";
import { namedVersions } from "../traffic/named-versions.js";
import { shadowNow, sharesNow, unmet } from "../traffic/who-answers.js";
import { planVersions, type Plan, type PlannedVersion } from "./plan.js";
import { NO_VERSION, type ModelFolder } from "../../../models/scan.js";
import type { Absence, VersionFiles } from "../../../models/version-folder.js";
import {
  compareVersions,
  DEFAULT_LABEL,
  DEFAULT_VERSION_POLICY,
  resolveVersion,
  type ServingVersions,
} from "../../../models/versions.js";

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
export class RepositoryModel implements ServingVersions, TrafficVersions {
  readonly versions = new Map<string, RepositoryVersion>();
  readonly rejections = new Rejections();
  readonly traffic: ModelTraffic;
  config: ModelConfig = {};
  /** The text of the config.json that `config` is. */
  configText: string | undefined;
  /** Why its folder or config.json cannot be used; what serves goes on, with the configuration that it was loaded with. */
  problem: string | undefined;
  /** False after `unload`, or before `load` under explicit control. */
  wanted = true;
  /** Whether it is unwanted since an `unload`. */
  unloaded = false;
  /** The version labelled `stable` that served last. */
  private lastStable: string | undefined;
  /** Those that serve though the version policy does not choose them. */
  private beyondPolicy: ReadonlySet<string> | undefined;

  /** `memory` is for copies of requests; `onCopyFailed` is told why a version failed one. */
  constructor(
    readonly name: string,
    memory = new CopyMemory(),
    onCopyFailed: (version: string, reason: string) => void = () => undefined,
  ) {
    this.traffic = new ModelTraffic(this, memory, onCopyFailed);
  }

  configure(config: ModelConfig): void {
    const before = this.config;
    this.config = config;
    this.traffic.configure(before);
  }

  /** What to load and what to retire, so that what config.json wants serves. */
  plan(): Plan {
    const named = namedVersions(this.config);
    const stable = this.stableLabel;
    if (stable !== undefined && this.has(stable)) {
      this.lastStable = stable;
    } else if (stable !== undefined && this.lastStable !== undefined) {
      // Until its successor serves, and however long that takes.
      named.add(this.lastStable);
    }
    const policy = this.config.versions ?? DEFAULT_VERSION_POLICY;
    const plan = planVersions([...this.versions.values()], policy, named);
    this.beyondPolicy = plan.beyondPolicy;
    return { ...plan, load: stableFirst(plan.load, stable) };
  }

  /** The version that `wanted` means, a version or a label; without it the default one. */
  resolve(wanted: string | undefined): string | undefined {
    const { lastStable: predecessor, beyondPolicy: leftOut } = this;
    return resolveVersion(wanted, this, this.config.labels ?? {}, { predecessor, leftOut });
  }

  /** See `TrafficVersions`. */
  get stable(): ServedVersion | undefined {
    const version = this.resolve(undefined);
    return version === undefined ? undefined : this.ready(version);
  }

  ready(version: string): ServedVersion | undefined {
    const served = this.versions.get(version)?.served;
    return served !== undefined && served.failure === undefined ? served : undefined;
  }

  knows(version: string): boolean {
    return this.versions.has(version);
  }

  get isIdle(): boolean {
    for (const { served } of this.versions.values()) {
      if (served !== undefined && served.pendingRequests > 0) {
        return false;
      }
    }
    return true;
  }

  private get stableLabel(): string | undefined {
    const { labels = {} } = this.config;
    return Object.hasOwn(labels, DEFAULT_LABEL) ? labels[DEFAULT_LABEL] : undefined;
  }

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
    // Where config.json names no version there is nothing to tell: the newest answers.
    const shares = namedVersions(this.config).size > 0 ? sharesNow(this) : new Map<string, number>();
    const shadow = shadowNow(this);
    return [...this.versions.values()]
      .sort((left, right) => compareVersions(left.version, right.version))
      .map((version) => {
        const share = shares.get(version.version);
        return {
          name,
          version: version.version,
          state: stateOf(version),
          reason: this.reasonOf(version),
          labels: this.labelsOf(version.version),
          ...(share !== undefined && { traffic: share }),
          ...(shadow?.version === version.version && { shadow: shadow.percent }),
        };
      });
  }

  labelsOf(version: string): string[] {
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
      const about = refusal ? [`Newer files are refused: ${refusal}`] : version.served.loading.warnings;
      const asked = version.served === this.stable ? unmet(this) : [];
      return [...about, ...asked].join(" ");
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

/** Requests are for the stable version before they are for any other. */
function stableFirst(versions: readonly string[], stable: string | undefined): readonly string[] {
  return [...versions].sort((left, right) => Number(right === stable) - Number(left === stable));
}

function stateOf(version: RepositoryVersion): ModelState {
  if (version.served) {
    return version.serves ? "READY" : "UNAVAILABLE";
  }
  return version.transition ?? "UNAVAILABLE";
}
