import type { ModelConfig } from "../../../models/model-config.js";
import type { Routing } from "../engine.js";
import type { ServedVersion } from "../served-version.js";
import type { CopyMemory } from "./copy-memory.js";
import { CopyQueue, type CopiedModel } from "./copy-queue.js";
import { namedVersions, versionOf } from "./named-versions.js";
import { EvenPoints, EvenSample, pointOf } from "./points.js";
import { RoutedVersion, type CopyTarget } from "./routed-version.js";
import { Shares } from "./shares.js";
import { VersionFigures } from "./version-figures.js";
import { answering } from "./who-answers.js";

/** A model's versions, as its traffic sees them. */
export interface TrafficVersions extends CopiedModel {
  readonly name: string;
  readonly config: ModelConfig;
  /** The one that answers by default, if it serves. */
  readonly stable: ServedVersion | undefined;
  /** Whether there is such a version, served or not. */
  knows(version: string): boolean;
}

/** Decides which version answers a request that names none, and which gets a copy of it. */
export class ModelTraffic {
  /** By version. */
  readonly figures = new Map<string, VersionFigures>();
  private readonly points = new EvenPoints();
  private readonly queue: CopyQueue;
  private readonly lastFailures = new Map<string, string>();
  private shares: Shares | undefined;
  private sample: EvenSample | undefined;

  constructor(
    private readonly versions: TrafficVersions,
    memory: CopyMemory,
    private readonly onCopyFailed: (version: string, reason: string) => void,
  ) {
    this.queue = new CopyQueue(versions, memory, (version, reason) => this.copyFailed(version, reason));
  }

  /** Takes over what config.json says now. */
  configure(before: ModelConfig): void {
    const { config } = this.versions;
    const { traffic, shadow, labels = {} } = config;
    this.shares = traffic && Shares.of(traffic, labels);
    if (before.shadow?.percent !== shadow?.percent) {
      this.sample = shadow && new EvenSample(shadow.percent);
    }
    const named = namedVersions(config);
    for (const version of this.figures.keys()) {
      if (!named.has(version) && !this.versions.knows(version)) {
        this.figures.delete(version);
      }
    }
  }

  /** The version for a request that names none; undefined where that is for the default version to say. */
  route({ affinity }: Routing): ServedVersion | RoutedVersion | undefined {
    if (this.shares === undefined && this.sample === undefined) {
      return undefined;
    }
    const { stable } = this.versions;
    const served = this.shares === undefined ? stable : this.chosen(this.shares, affinity, stable);
    if (served === undefined) {
      return undefined;
    }
    const copy = this.sample && this.copyFor(served, this.sample);
    if (served === stable && copy === undefined) {
      return served;
    }
    const figures = this.figuresOf(served.version);
    const other = stable === undefined || served === stable ? undefined : stable;
    return new RoutedVersion({
      served,
      figures,
      stable: other && { served: other, figures: this.figuresOf(other.version) },
      copy,
    });
  }

  figuresOf(version: string): VersionFigures {
    let figures = this.figures.get(version);
    if (figures === undefined) {
      figures = new VersionFigures();
      this.figures.set(version, figures);
    }
    return figures;
  }

  /** Lets go of the copies that wait. */
  stop(): void {
    this.queue.clear();
  }

  /** The version of the share that the request falls into; the stable one where that does not serve. */
  private chosen(
    shares: Shares,
    affinity: string | undefined,
    stable: ServedVersion | undefined,
  ): ServedVersion | undefined {
    const { name, config } = this.versions;
    const point = affinity === undefined ? this.points.next() : pointOf(affinity, name);
    const key = shares.keyAt(point);
    const served = answering(this.versions, key);
    if (served !== undefined) {
      this.figuresOf(served.version).requests.share += 1;
      return served;
    }
    if (stable !== undefined) {
      this.figuresOf(versionOf(config, key)).onFallback("model_not_ready", true);
      this.figuresOf(stable.version).requests.fallback += 1;
    }
    return stable;
  }

  private copyFor(served: ServedVersion, sample: EvenSample): CopyTarget | undefined {
    const { config } = this.versions;
    const version = config.shadow && versionOf(config, config.shadow.version);
    if (version === undefined || version === served.version || !this.versions.ready(version)) {
      return undefined;
    }
    return sample.next() ? { version, figures: this.figuresOf(version), queue: this.queue } : undefined;
  }

  /** Told once for each reason: a version that fails one copy fails most. */
  private copyFailed(version: string, reason: string): void {
    if (this.lastFailures.get(version) !== reason) {
      this.lastFailures.set(version, reason);
      this.onCopyFailed(version, reason);
    }
  }
}
