import { createHash } from "node:crypto";
import { join } from "node:path";
import { describeVersion, holdsModel, type Entry } from "../describe-version.js";
import { nameProblem } from "../names.js";
import type { ModelFolder, Scan } from "../scan.js";
import type { VersionFiles } from "../version-folder.js";
import { examplesOf } from "./examples-of.js";
import { LastLook, type LookedAtModel, type LookedAtVersion } from "./last-look.js";
import { LookAtBucket } from "./look-at-bucket.js";
import type { ModelRepository, RepositoryFigures } from "./model-repository.js";
import { openS3, type S3Store } from "./open-s3.js";
import { storeFault } from "./store-fault.js";
import { UnitCache, type CacheTiming } from "./unit-cache.js";
import { pathsOf, unitOf, type Unit } from "./unit.js";

/** A bucket, whose versions are fetched into a cache before they are loaded. */
export class S3Repository implements ModelRepository {
  private readonly cache: UnitCache;
  private readonly lastLook: LastLook;
  private readonly stopping = new AbortController();
  private readonly look: LookAtBucket;
  private opened: Promise<S3Store> | undefined;
  private models: readonly LookedAtModel[] | undefined;
  private readonly units = new WeakMap<VersionFiles, Unit>();
  private known: Unit[] = [];
  private failures = 0;
  /** Since when it cannot be looked at, on the clock of `performance.now()`. */
  private awaySince: number | undefined;

  /** `address` is `s3://bucket/prefix`; what is fetched is kept below the folder `cache`. */
  constructor(
    private readonly address: string,
    cache: string,
    timing?: CacheTiming,
  ) {
    const root = join(cache, folderOf(address));
    const store = (): Promise<S3Store> => this.open();
    this.cache = new UnitCache(root, store, timing);
    this.lastLook = new LastLook(join(root, ".last-look.json"));
    this.look = new LookAtBucket(store, this.stopping.signal);
  }

  /** Never rejects: while the store is away, this is what it held when it was last seen. */
  async scan(): Promise<Scan> {
    let outdated: string | undefined;
    try {
      this.models = await this.look.models();
      this.awaySince = undefined;
      // Without it a start while the store is away finds nothing; what is fetched says why it cannot be written.
      await this.lastLook.write(this.models).catch(() => undefined);
    } catch (error) {
      this.failures += 1;
      this.awaySince ??= performance.now();
      outdated = `${storeFault(error)} What is known of it may be out of date.`;
      this.models ??= await this.lastLook.read();
    }
    return { ...this.describe(this.models ?? []), ...(outdated !== undefined && { outdated }) };
  }

  async fetch(_model: string, version: VersionFiles): Promise<void> {
    const unit = this.units.get(version);
    if (unit) {
      await this.cache.fetch(unit);
    }
  }

  retain(paths: ReadonlySet<string>): void {
    this.cache.retain(paths, this.known);
  }

  figures(): RepositoryFigures {
    const { fetchedBytes, failures } = this.cache.figures;
    const awaySeconds = this.awaySince === undefined ? 0 : (performance.now() - this.awaySince) / 1000;
    return { fetchedBytes, failures: this.failures + failures, awaySeconds };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.cache.stop();
    const store = await this.opened?.catch(() => undefined);
    store?.client.destroy();
  }

  private open(): Promise<S3Store> {
    this.opened ??= openS3(this.address);
    return this.opened;
  }

  private describe(looked: readonly LookedAtModel[]): Pick<Scan, "models" | "misnamed"> {
    this.known = [];
    const models: ModelFolder[] = [];
    const misnamed: ModelFolder[] = [];
    for (const found of looked) {
      const model = this.describeModel(found);
      if (nameProblem("model", model.name) === undefined) {
        models.push(model);
      } else if (model.versions.length > 0) {
        misnamed.push(model);
      }
    }
    return { models, misnamed };
  }

  private describeModel(model: LookedAtModel): ModelFolder {
    const { name, configText } = model;
    const examples = examplesOf(model);
    const versions = model.versions
      .map((found) => this.describeFound(model, found, examples))
      .filter((version) => version !== undefined);
    return { name, folder: join(this.cache.root, name), configText, versions };
  }

  private describeFound(
    { name, configText }: LookedAtModel,
    { version, files, manifest, problem }: LookedAtVersion,
    examples: LookedAtModel["files"],
  ): VersionFiles | undefined {
    const entries = new Map(
      [...files].map(([path, { bytes, etag }]): [string, Entry] => [
        path,
        { kind: "file", bytes, mark: etag },
      ]),
    );
    if (!holdsModel(entries)) {
      return undefined;
    }
    const bare = describeVersion({ version, path: "", entries, configText, manifest, problem });
    const unit = unitOf(name, version, files, examples, bare.manifest?.files);
    const { cache } = this;
    const described: VersionFiles = {
      ...bare,
      path: pathsOf(cache.root, unit).model,
      // What cannot be loaded is not fetched.
      get absent() {
        return bare.problem === undefined ? cache.absenceOf(unit) : undefined;
      },
    };
    this.units.set(described, unit);
    this.known.push(unit);
    return described;
  }
}

/** One for each store and prefix, so that a cache can be used with several. */
function folderOf(address: string): string {
  const endpoint = process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"] ?? "";
  return createHash("sha256")
    .update(JSON.stringify([endpoint, address]))
    .digest("hex")
    .slice(0, 16);
}
