import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, ServiceError } from "../../server/errors.js";
import type { Logger } from "../../server/observe/logger.js";
import { parseModelConfig } from "../config-file.js";
import { nameProblem, shown } from "../names.js";
import { editConfig, NO_CONFIG, servingOf, type Serving } from "./edit-config.js";
import { nextEvent, readEvents, type ModelEvent, type SettledEvent, type Told, type Who } from "./events.js";
import { stableOf } from "./moves.js";
import { digestOf, RecordConflict, type Records } from "./records.js";

/** What a model's pointer is, and what there is to point to. */
export interface Pointer {
  readonly model: string;
  /** Of config.json; undefined without one. */
  readonly text: string | undefined;
  readonly revision: string | undefined;
  readonly serving: Serving;
  readonly versions: readonly string[];
  readonly stable: string | undefined;
}

/** Where events are written to beside the store, and the clock; tests have their own. */
export interface Surroundings {
  readonly records: Records;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Request {
  readonly who: Who;
  readonly why: string;
}

export interface Change extends Request {
  readonly action: ModelEvent["action"];
  readonly numbers?: ModelEvent["numbers"];
  /** Called anew with what is there each time that somebody else was faster. */
  readonly decide: (pointer: Pointer) => Serving | Promise<Serving>;
}

/** What came of a change. `event` is absent when everything was as asked for already. */
export interface Changed {
  readonly event?: ModelEvent;
  readonly from: Told;
  readonly to: Told;
  /** Digest of config.json as it is now. */
  readonly config: string;
}

/** Conflicts in a row; each means that somebody else's change was made. */
const MOST_TRIES = 25;

/** Reads the pointer of `model`. Throws model_not_found, and unprocessable for a config.json that cannot be used. */
export async function readPointer(records: Records, model: string): Promise<Pointer> {
  const problem = nameProblem("model", model);
  if (problem !== undefined) {
    throw new ServiceError("model_not_found", problem);
  }
  const recorded = await records.read(`${model}/config.json`);
  const versions = await records.versions(model);
  if (recorded === undefined && versions.length === 0) {
    throw new ServiceError(
      "model_not_found",
      `There is no model '${shown(model)}' in the model repository ${records.place}.`,
    );
  }
  const serving = servingOf(configOf(recorded?.text));
  const { text, revision } = recorded ?? {};
  return { model, text, revision, serving, versions, stable: stableOf(serving, versions) };
}

/** The events of a model, oldest first. */
export async function eventsOf(records: Records, model: string, most?: number): Promise<SettledEvent[]> {
  const { text } = await readPointer(records, model);
  return readEvents(records, model, text, most);
}

/**
 * Replaces config.json as `decide` says. An event is written before, and marked as made after, so that no change goes unrecorded
 * whenever the process ends. Throws conflict when others were faster each time.
 */
export async function changePointer(
  surroundings: Surroundings,
  model: string,
  change: Change,
): Promise<Changed> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    try {
      return await tryToChange(surroundings, await readPointer(surroundings.records, model), change);
    } catch (error) {
      if (!(error instanceof RecordConflict)) {
        throw error;
      }
      await sleep(Math.random() * 10 * (attempt + 1));
    }
  }
  throw new ServiceError(
    "conflict",
    `Others change the configuration of model '${model}' all the time; nothing was changed. Try again.`,
    { retryAfterSeconds: 1 },
  );
}

async function tryToChange(surroundings: Surroundings, pointer: Pointer, change: Change): Promise<Changed> {
  const { records, now } = surroundings;
  const { model, text, versions } = pointer;
  const serving = await change.decide(pointer);
  const edited = editConfig(text ?? NO_CONFIG, serving);
  configOf(edited);
  const from = told(pointer.serving, versions);
  const to = told(serving, versions);
  if (edited === (text ?? NO_CONFIG)) {
    return unchanged(pointer);
  }
  const { path, id, time } = await nextEvent(records, model, now());
  const { who, action, why, numbers } = change;
  const config = { before: digestOf(text ?? ""), after: digestOf(edited) };
  const event: ModelEvent = {
    ...{ id, time, who, action, model, from, to, why, config },
    ...(numbers !== undefined && { numbers }),
    state: "begun",
  };
  const made = await replace(surroundings, pointer, { edited, event, path });
  return { event: made, from, to, config: config.after };
}

interface Begun {
  readonly edited: string;
  readonly event: ModelEvent;
  readonly path: string;
}

async function replace(
  { records, log }: Surroundings,
  { model, revision }: Pointer,
  { edited, event, path }: Begun,
): Promise<ModelEvent> {
  const begun = await records.write(path, written(event), undefined);
  try {
    await records.write(`${model}/config.json`, edited, revision);
  } catch (error) {
    await records.remove(path).catch(() => undefined);
    throw error;
  }
  const made: ModelEvent = { ...event, state: "made" };
  // What it says without that is told by the digests.
  await records.write(path, written(made), begun).catch((error: unknown) => {
    log.warn({ model, event: event.id, reason: messageOf(error) }, "event was not marked as made");
  });
  log.info({ audit: true, event: made }, "what serves was changed");
  return made;
}

/** Records what changes nothing of the pointer: that a promotion was begun, held, ended. */
export async function recordEvent(
  { records, log, now }: Surroundings,
  { model, serving, versions, text }: Pointer,
  { who, why, action, numbers }: Omit<Change, "decide">,
): Promise<void> {
  const { path, id, time } = await nextEvent(records, model, now());
  const same = told(serving, versions);
  const digest = digestOf(text ?? "");
  const event: ModelEvent = {
    ...{ id, time, who, action, model, from: same, to: same, why },
    ...(numbers !== undefined && { numbers }),
    ...{ config: { before: digest, after: digest }, state: "made" },
  };
  await records.write(path, written(event), undefined);
  log.info({ audit: true, event }, "promotion went on");
}

/** What comes of a change that there was no need of. */
export function unchanged({ serving, versions, text }: Pointer): Changed {
  const same = told(serving, versions);
  return { from: same, to: same, config: digestOf(text ?? "") };
}

function written(event: ModelEvent): string {
  return `${JSON.stringify(event, null, 2)}\n`;
}

function told(serving: Serving, versions: readonly string[]): Told {
  return { stable: stableOf(serving, versions) ?? null, ...serving };
}

function configOf(text: string | undefined): ReturnType<typeof parseModelConfig> {
  try {
    return parseModelConfig(text);
  } catch (error) {
    throw new ServiceError("unprocessable", `The model is not changed. ${messageOf(error)}`);
  }
}
