import type { RepositoryModel } from "./repository-model.js";

/** So much is told to whoever asks; the repository index has all of it. */
const MOST_MODELS = 3;
const MOST_VERSIONS = 2;
const MOST_CHARACTERS = 240;

/** Whether a server over these models should be asked, and why not. */
export class Readiness {
  private started = false;
  private haveServed = false;

  /** `defaultModel`: the one that the settings name; `whyOutdated`: why the repository cannot be looked at. */
  constructor(
    private readonly models: () => readonly RepositoryModel[],
    private readonly defaultModel: string | undefined,
    private readonly whyOutdated: () => string | undefined,
  ) {}

  /** The first look at the model repository is over: what does not serve now was refused. */
  start(): void {
    this.started = true;
  }

  /**
   * A few sentences; undefined when it should be asked. Required models are waited for once: what comes into the repository
   * later, and is broken, concerns nobody who asks the others. A model that was unloaded is missing to nobody, unless
   * nothing is left, or it is the default.
   */
  whyNot(): string | undefined {
    const missing = this.models().filter(isMissing);
    if (!this.started) {
      return ["The models are being loaded.", ...reasonsOf(missing, whatIsDone)].join(" ");
    }
    // Where nothing was ever seen of the repository, nobody knows what is required.
    this.haveServed ||= missing.length === 0 && !(this.models().length === 0 && this.whyOutdated());
    return this.haveServed || missing.length === 0 ? this.whyNoAnswer() : reasonsOf(missing).join(" ");
  }

  private whyNoAnswer(): string | undefined {
    const models = this.models();
    const { defaultModel } = this;
    if (defaultModel !== undefined) {
      const model = models.find(({ name }) => name === defaultModel);
      const reason = model ? reasonOf(model) : (this.whyOutdated() ?? "It is not in the model repository.");
      return model && answers(model)
        ? undefined
        : `The default model '${defaultModel}' does not serve. ${reason}`;
    }
    if (models.some(answers)) {
      return undefined;
    }
    return models.length === 0
      ? (this.whyOutdated() ?? "The model repository is empty.")
      : ["No model serves.", ...reasonsOf(models)].join(" ");
  }
}

function isMissing(model: RepositoryModel): boolean {
  return model.wanted && model.config.required !== false && model.serving().length === 0;
}

function answers(model: RepositoryModel): boolean {
  return model.serving().some(({ serves }) => serves);
}

function reasonsOf(models: readonly RepositoryModel[], why = reasonOf): string[] {
  const told = models
    .slice(0, MOST_MODELS)
    .map((model) => `Model '${model.name}' does not serve. ${why(model)}`);
  const more = models.length - told.length;
  return more > 0 ? [...told, `So it is with ${more} more.`] : told;
}

/** While models are loaded one after the other. */
function whatIsDone(model: RepositoryModel): string {
  const isTried = [...model.versions.values()].some(
    ({ transition, isRefused, absence }) => transition ?? (isRefused || absence === "fetching"),
  );
  return isTried || model.versions.size === 0 ? reasonOf(model) : "It waits to be loaded.";
}

/** Of its newest versions. */
function reasonOf(model: RepositoryModel): string {
  const reasons = model
    .index()
    .filter(({ state, reason }) => state !== "READY" && reason !== "")
    .slice(-MOST_VERSIONS)
    .reverse()
    .map(({ version, reason }) => (version === "" ? reason : `Version ${version}: ${reason}`));
  return reasons.map(shortened).join(" ");
}

function shortened(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS).trimEnd()} …`;
}
