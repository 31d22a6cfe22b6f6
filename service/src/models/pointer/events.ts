import { randomUUID } from "node:crypto";
import { z } from "zod";
import { digestOf, type Records } from "./records.js";

/** Who asked for a change: the name of a key, or of a user on the command line, which is a claim that nobody has checked. */
export const whoSchema = z.object({
  name: z.string(),
  by: z.enum(["key", "no key", "command line", "automatic promotion", "training"]),
});

const servingSchema = z.object({
  stable: z.string().nullable(),
  labels: z.record(z.string(), z.string()).optional(),
  traffic: z.record(z.string(), z.number()).optional(),
  shadow: z.object({ version: z.string(), percent: z.number() }).optional(),
});

export const eventSchema = z
  .object({
    id: z.string(),
    time: z.iso.datetime(),
    who: whoSchema,
    action: z.enum(["promote", "rollback", "traffic", "auto"]),
    model: z.string(),
    from: servingSchema,
    to: servingSchema,
    why: z.string(),
    numbers: z.json().optional(),
    /** Digests of config.json before and after: what tells of an event whose writer was killed whether the change was made. */
    config: z.object({ before: z.string(), after: z.string() }),
    /** Written as begun before config.json is replaced, and as made after. */
    state: z.enum(["begun", "made"]),
  })
  .meta({ id: "ModelEvent" });

export type ModelEvent = z.infer<typeof eventSchema>;
export type Who = z.infer<typeof whoSchema>;
export type Told = ModelEvent["from"];

/** Most events that are looked at: a rollback goes no further back. */
const MOST_EVENTS = 200;

/** Whose writer was killed: whether the change was made; unknown once config.json was changed by hand since. */
export type Outcome = "made" | "not made" | "unknown";

export type SettledEvent = Omit<ModelEvent, "state"> & { readonly outcome: Outcome };

function folderOf(model: string): string {
  return `${model}/.events`;
}

/** A place for an event that sorts after all others, though the clock that wrote those may be ahead. */
export async function nextEvent(
  records: Records,
  model: string,
  now: Date,
): Promise<{ readonly path: string; readonly id: string; readonly time: string }> {
  const last = (await namesOf(records, model)).at(-1);
  const lastTime = last === undefined ? 0 : Date.parse(timeOf(last));
  const time = new Date(Math.max(now.getTime(), lastTime + 1)).toISOString();
  const id = randomUUID();
  return { path: `${folderOf(model)}/${time.replaceAll(":", "-")}-${id}.json`, id, time };
}

/** The newest events, oldest first, each with what came of it. `config` is the text of config.json as it is. */
export async function readEvents(
  records: Records,
  model: string,
  config: string | undefined,
  most = MOST_EVENTS,
): Promise<SettledEvent[]> {
  const names = (await namesOf(records, model)).slice(-most);
  const found = await Promise.all(names.map((name) => readEvent(records, `${folderOf(model)}/${name}`)));
  return settled(
    found.flatMap((event) => event ?? []),
    digestOf(config ?? ""),
  );
}

/** Of an event that was begun, the next change that was made tells whether it was: it follows on it, or on what was before. */
function settled(events: readonly ModelEvent[], current: string): SettledEvent[] {
  return events.map(({ state, ...event }, index) => {
    const next = events.slice(index + 1).find((later) => later.state === "made");
    const followed = next?.config.before ?? current;
    if (state === "made" || followed === event.config.after) {
      return { ...event, outcome: "made" };
    }
    return { ...event, outcome: followed === event.config.before ? "not made" : "unknown" };
  });
}

async function readEvent(records: Records, path: string): Promise<ModelEvent | undefined> {
  const recorded = await records.read(path);
  const parsed = eventSchema.safeParse(recorded && parseOrNothing(recorded.text));
  return parsed.success ? parsed.data : undefined;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function namesOf(records: Records, model: string): Promise<string[]> {
  return (await records.list(folderOf(model))).filter((name) => !Number.isNaN(Date.parse(timeOf(name))));
}

/** `2026-01-31T12-30-00.000Z-ID.json` begins with its time, without what some file systems do not take. */
function timeOf(name: string): string {
  return name.slice(0, 24).replace(/T(\d\d)-(\d\d)-/, "T$1:$2:");
}
