import { messageOf, ServiceError } from "../../../server/errors.js";
import { shortened } from "../../../server/quoted.js";
import type { ModelIndexEntry, ModelReference, VersionTraffic } from "../engine.js";
import type { Logger } from "../../../server/observe/logger.js";
import { loadVersion } from "../loading/load-version.js";
import type { ServingDefaults } from "../loading/plan-serving.js";
import type { SessionObserver } from "../loading/open-sessions.js";
import type { ServedVersion } from "../served-version.js";
import { parseModelConfig } from "../../../models/config-file.js";
import { RepositoryModel, type RepositoryVersion } from "./repository-model.js";
import { nameProblem } from "../../../models/names.js";
import { digestOf } from "../../../models/pointer/records.js";
import type { ModelFolder, Scan } from "../../../models/scan.js";
import type { ModelRepository, RepositoryFigures } from "../../../models/store/model-repository.js";
import { CopyMemory } from "../traffic/copy-memory.js";
import type { RoutedVersion } from "../traffic/routed-version.js";
import { trafficOf } from "../traffic/traffic-of.js";

export interface ManagerOptions {
  readonly repository: ModelRepository;
  /** Whether models serve without being asked for by `load`. */
  readonly loadAll: boolean;
  /** How long a version that was replaced still answers requests that had chosen it. */
  readonly retireSeconds: number;
  readonly serving: ServingDefaults;
}

/**
 * Keeps what serves in step with the repository. A new version is loaded beside the old one, warmed up and then
 * switched to; what cannot be loaded is refused and the old one keeps serving. One change at a time.
 */
export class ModelManager {
  private readonly models = new Map<string, RepositoryModel>();
  /** Names of folders under which nothing is served. */
  private misnamed: readonly string[] = [];
  private readonly retiring = new Map<ServedVersion, NodeJS.Timeout>();
  private readonly copyMemory = new CopyMemory();
  private turn: Promise<void> = Promise.resolve();
  private scanned: Promise<unknown> = Promise.resolve();
  private stopped = false;
  /** What is being fetched, by model. */
  private readonly fetches = new Map<Promise<void>, RepositoryModel>();
  /** Where the files of what serves lie. */
  private readonly paths = new WeakMap<ServedVersion, string>();
  /** Why the repository cannot be looked at, while what was seen earlier goes on serving. */
  private outdated: string | undefined;

  constructor(
    private readonly options: ManagerOptions,
    private readonly log: Logger,
  ) {}

  /** Looks at the folder and follows it. With `trusted`, new files are loaded without waiting for a second look. */
  async refresh(trusted: boolean): Promise<void> {
    const scan = await this.scan();
    await this.inTurn(async () => {
      this.take(scan, trusted);
      for (const model of this.models.values()) {
        await this.reconcile(model);
      }
      this.options.repository.retain(this.pathsInUse());
    });
  }

  /** Resolves once everything has been loaded that was being fetched. */
  async fetched(model?: RepositoryModel): Promise<void> {
    for (;;) {
      const fetches = [...this.fetches].flatMap(([fetch, of]) =>
        model === undefined || of === model ? fetch : [],
      );
      if (fetches.length === 0) {
        return;
      }
      await Promise.all(fetches);
    }
  }

  /** See `Engine.load`: loads what changed, and tries again what was refused. */
  async load(name: string): Promise<void> {
    const scan = await this.scan();
    await this.inTurn(async () => {
      this.take(scan, false);
      const model = this.find(name);
      model.wanted = true;
      for (const version of model.versions.values()) {
        version.settled = true;
        version.refused = undefined;
        if (version.absence === "failed") {
          this.fetch(model, version);
        }
      }
      await this.reconcile(model);
    });
    const model = this.find(name);
    await this.fetched(model);
    const problem = model.problem ?? refusalOf(model);
    if (problem !== undefined || model.serving().length === 0) {
      throw new ServiceError(
        "unprocessable",
        `Model '${name}' is not loaded: ${problem ?? this.outdated ?? "It has no version."}`,
      );
    }
  }

  /** See `Engine.unload`. */
  unload(name: string): Promise<void> {
    return this.inTurn(async () => {
      const model = this.find(name);
      model.wanted = false;
      model.unloaded = true;
      for (const version of model.serving()) {
        await this.close(model, version, unloaded(name));
      }
    });
  }

  /** See `Engine.resolve`. */
  resolve({ name, version: wanted, routing }: ModelReference): ServedVersion | RoutedVersion {
    const routed = routing && wanted === undefined ? this.find(name).traffic.route(routing) : undefined;
    return routed ?? this.named(name, wanted);
  }

  /** The version that `wanted` means, or the default one. */
  named(name: string, wanted?: string): ServedVersion {
    const model = this.find(name);
    const version = model.resolve(wanted);
    const served = version === undefined ? undefined : model.ready(version);
    if (served) {
      return served;
    }
    const labels = model.config.labels ?? {};
    const known =
      wanted === undefined || model.versions.has(wanted) || (Object.hasOwn(labels, wanted) && wanted !== "");
    if (!known) {
      throw new ServiceError(
        "model_not_found",
        `Model '${name}' has no version or label '${shortened(wanted)}'.`,
      );
    }
    model.rejections.count("model_not_ready");
    throw new ServiceError("model_not_ready", `Model '${name}' is not ready. ${whyNot(model, wanted)}`);
  }

  /** See `Engine.follows`. */
  follows(name: string): string | undefined {
    const model = this.models.get(name);
    return model && digestOf(model.configText ?? "");
  }

  names(): string[] {
    return [...this.models.keys()];
  }

  /** The one model's name; undefined where there is none, or several. */
  onlyName(): string | undefined {
    const [name] = this.models.size === 1 ? this.models.keys() : [];
    return name;
  }

  index(): ModelIndexEntry[] {
    const leftOut = this.misnamed.map((name): ModelIndexEntry => {
      const reason = nameProblem("model", name) ?? "";
      return { name, version: "", state: "UNAVAILABLE", reason, labels: [] };
    });
    const { outdated } = this;
    const models = [...this.models.values()].flatMap((model) => model.index());
    const told = models.map((entry): ModelIndexEntry =>
      outdated === undefined ? entry : { ...entry, reason: `${entry.reason} ${outdated}`.trimStart() },
    );
    return [...told, ...leftOut];
  }

  /** Why nobody knows what the repository holds now: a whole sentence. */
  whyOutdated(): string | undefined {
    return this.outdated;
  }

  /** See `Engine.traffic`. */
  traffic(name: string): VersionTraffic[] {
    return trafficOf(this.find(name));
  }

  allModels(): Iterable<RepositoryModel> {
    return this.models.values();
  }

  repositoryFigures(): RepositoryFigures {
    return this.options.repository.figures();
  }

  *servingVersions(): Generator<ServedVersion> {
    for (const model of this.models.values()) {
      for (const version of model.serving()) {
        if (version.served) {
          yield version.served;
        }
      }
    }
  }

  /** Drains and releases everything; requests are refused with `reason` from now on. */
  async stop(reason: ServiceError): Promise<void> {
    this.stopped = true;
    await this.options.repository.stop();
    await this.inTurn(async () => {
      const servers = [...this.servingVersions()];
      for (const [server, timer] of this.retiring) {
        clearTimeout(timer);
        servers.push(server);
      }
      this.retiring.clear();
      for (const { traffic } of this.models.values()) {
        traffic.stop();
      }
      await Promise.all(servers.map((server) => server.close(reason)));
      this.models.clear();
    });
  }

  private inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.turn.then(change);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private find(name: string): RepositoryModel {
    const model = this.models.get(name);
    if (!model) {
      throw new ServiceError(
        "model_not_found",
        `There is no model '${shortened(name)}'; there are: ${this.names().join(", ")}.`,
      );
    }
    return model;
  }

  /** One look after the other, and outside of turns: a store that does not answer must not hold up what is here. */
  private scan(): Promise<Scan> {
    const scan = this.scanned.then(() => this.options.repository.scan());
    this.scanned = scan.catch(() => undefined);
    return scan;
  }

  private take({ models, misnamed, outdated }: Scan, trusted: boolean): void {
    this.tell(outdated);
    this.leaveOut(misnamed);
    const scanned = new Map(models.map((model) => [model.name, model]));
    for (const name of scanned.keys()) {
      if (!this.models.has(name)) {
        this.models.set(name, this.newModel(name));
      }
    }
    for (const [name, model] of this.models) {
      const found = scanned.get(name);
      // Of a folder that cannot be read, nobody knows what is gone.
      if (found?.problem === undefined || found.versions.length > 0) {
        model.see(found, trusted);
      }
      if (found) {
        this.configure(model, found);
      } else if (model.versions.size === 0) {
        this.models.delete(name);
      }
    }
  }

  private tell(outdated: string | undefined): void {
    if (outdated !== undefined && outdated !== this.outdated) {
      this.log.warn({ reason: outdated }, "model repository not read");
    } else if (outdated === undefined && this.outdated !== undefined) {
      this.log.info({}, "model repository is read again");
    }
    this.outdated = outdated;
  }

  private leaveOut(misnamed: readonly ModelFolder[]): void {
    const before = new Set(this.misnamed);
    this.misnamed = misnamed.map(({ name }) => name);
    for (const model of this.misnamed.filter((name) => !before.has(name))) {
      this.log.warn({ model, reason: nameProblem("model", model) }, "model left out");
    }
  }

  private newModel(name: string): RepositoryModel {
    const model = new RepositoryModel(name, this.copyMemory, (version, reason) =>
      this.log.warn({ model: name, version, reason }, "model version failed a copy of a request"),
    );
    model.wanted = this.options.loadAll;
    return model;
  }

  private configure(model: RepositoryModel, { configText, problem }: ModelFolder): void {
    const problemBefore = model.problem;
    model.problem = problem;
    if (problem === undefined) {
      try {
        model.configure(parseModelConfig(configText));
        model.configText = configText;
      } catch (error) {
        model.problem = messageOf(error);
      }
    }
    if (model.problem !== undefined && model.problem !== problemBefore) {
      const what = problem === undefined ? "model configuration refused" : "model folder not read";
      this.log.error({ model: model.name, reason: model.problem }, what);
    }
  }

  private async reconcile(model: RepositoryModel): Promise<void> {
    if (!model.wanted || model.problem !== undefined || this.stopped) {
      return;
    }
    for (;;) {
      const plan = model.plan();
      for (const name of plan.fetch) {
        this.fetch(model, model.versions.get(name));
      }
      for (const name of plan.load) {
        await this.loadOne(model, model.versions.get(name));
      }
      if (plan.load.length > 0) {
        continue;
      }
      for (const name of plan.retire) {
        this.retire(model.versions.get(name));
      }
      return;
    }
  }

  /** In the background: it may take long, and is followed by a load. */
  private fetch(model: RepositoryModel, version: RepositoryVersion | undefined): void {
    const files = version?.files;
    if (!version || !files) {
      return;
    }
    const fetch = this.options.repository.fetch(model.name, files).then(async () => {
      const reason = files.absent?.failure;
      if (reason !== undefined && !this.stopped) {
        version.failures += 1;
        this.log.error({ model: model.name, version: version.version, reason }, "model version not fetched");
      }
      await this.inTurn(() => this.reconcile(model));
    });
    this.fetches.set(fetch, model);
    void fetch.finally(() => this.fetches.delete(fetch));
  }

  private pathsInUse(): Set<string> {
    const inUse = [...this.servingVersions(), ...this.retiring.keys()];
    return new Set(inUse.flatMap((served) => this.paths.get(served) ?? []));
  }

  private async loadOne(model: RepositoryModel, version: RepositoryVersion | undefined): Promise<void> {
    const files = version?.files;
    if (!version || !files) {
      return;
    }
    const { name, config, rejections } = model;
    const told = { model: name, version: version.version };
    version.transition = "LOADING";
    try {
      const observer = this.observe(name, version);
      const served = await loadVersion(files, { name, config, rejections, observer }, this.options.serving);
      this.retire(version);
      this.paths.set(served, files.path);
      version.serve(served, files.stamp);
      const { loadSeconds, memoryBytes, warnings } = served.loading;
      const odd = warnings.length > 0 && { warnings };
      this.log.info({ ...told, loadSeconds, memoryBytes, ...odd }, "model version serves");
    } catch (error) {
      version.failures += 1;
      version.refused = { stamp: files.stamp, reason: messageOf(error) };
      this.log.error({ ...told, reason: messageOf(error) }, "model version refused");
    } finally {
      version.transition = undefined;
    }
  }

  private observe(model: string, { version }: RepositoryVersion): SessionObserver {
    return {
      onDeath: (reason) => this.log.error({ model, version, reason }, "model version is being started again"),
      onRestart: () => this.log.info({ model, version }, "model version serves again"),
      onMove: (runMilliseconds) =>
        this.log.warn(
          { model, version, runMilliseconds },
          "model version runs long, and moved to a thread of its own",
        ),
      onMoveFailed: (reason) =>
        this.log.error(
          { model, version, reason },
          "model version runs long, and could not move to a thread of its own",
        ),
    };
  }

  /** Requests that were routed to it before the switch are still on their way: it goes on for a while, unlisted. */
  private retire(version: RepositoryVersion | undefined): void {
    const served = version?.withdraw();
    if (!served) {
      return;
    }
    const { name } = served;
    const close = (): void => {
      this.retiring.delete(served);
      void served.close(unloaded(name)).catch((error: unknown) => {
        this.log.error({ model: name, reason: messageOf(error) }, "replaced model version was not released");
      });
    };
    this.retiring.set(served, setTimeout(close, this.options.retireSeconds * 1000).unref());
    this.log.info({ model: name, version: served.version }, "model version is no longer chosen");
  }

  private async close(
    model: RepositoryModel,
    version: RepositoryVersion,
    reason: ServiceError,
  ): Promise<void> {
    const served = version.withdraw();
    version.transition = "UNLOADING";
    try {
      await served?.close(reason);
      this.log.info({ model: model.name, version: version.version }, "model version unloaded");
    } finally {
      version.transition = undefined;
    }
  }
}

function refusalOf(model: RepositoryModel): string | undefined {
  return [...model.versions.values()].find((version) => version.isRefused)?.refusal;
}

/** A sentence for each version that does not serve. */
function whyNot(model: RepositoryModel, wanted: string | undefined): string {
  const entries = model.index().filter((entry) => wanted === undefined || entry.version === wanted);
  const reasons = entries.map(({ version, reason }) => `Version ${version}: ${reason}`);
  return reasons.length > 0 ? reasons.join(" ") : "The label's version does not serve.";
}

function unloaded(name: string): ServiceError {
  return new ServiceError("model_not_ready", `Model '${name}' was unloaded.`);
}
