import pino from "pino";
import { ServiceError } from "../../server/errors.js";
import { checked } from "../../server/http/json-body.js";
import type { Changed } from "../../models/pointer/change-pointer.js";
import type { Told, Who } from "../../models/pointer/events.js";
import { Promotion } from "./open-promotion.js";
import { planSchema } from "./plan.js";
import { trafficSchema, whySchema } from "./schema.js";
import type { Steering } from "./steering.js";

/** Who asks what of which model repository. */
export interface Asked {
  readonly repository: string;
  readonly who: Who;
  readonly why: string;
}

/** What `promote` takes beside the version. */
export interface AutoOptions {
  readonly auto?: boolean;
  readonly steps?: number[];
  readonly minimumRequests?: number;
  readonly shadowPercent?: number;
  readonly boundErrors?: number;
  readonly boundP99?: number;
  readonly boundFlips?: number;
}

/** Each gives a sentence of what came of it. */
export async function runPromote(
  asked: Asked,
  model: string,
  version: string,
  given: AutoOptions,
): Promise<string> {
  const { steering, request } = await opened(asked);
  const { auto = false, steps, minimumRequests, shadowPercent, boundErrors, boundP99, boundFlips } = given;
  if (!auto) {
    return shown(model, await steering.promote(model, version, request));
  }
  const bounds = {
    ...planSchema.parse({}).bounds,
    ...defined({ errors: boundErrors, p99: boundP99, flips: boundFlips }),
  };
  const plan = checked({ ...defined({ steps, minimumRequests, shadowPercent }), bounds }, planSchema);
  await steering.begin(model, version, plan, request);
  return `The promotion of version ${version} of model '${model}' has begun; the replicas that serve it carry it out.`;
}

export async function runRollback(asked: Asked, model: string, to: string | undefined): Promise<string> {
  const { steering, request } = await opened(asked);
  return shown(model, await steering.rollback(model, to, request));
}

/** `settings` are words like `canary=4:5`; `shadow` is `4:10`, or false for none. */
export async function runTraffic(
  asked: Asked,
  model: string,
  settings: readonly string[],
  shadow: string | boolean | undefined,
): Promise<string> {
  const parsed = settings.map(parseSetting);
  const labels = parsed.flatMap(({ label, version }) => (version === undefined ? [] : [[label, version]]));
  const shares = parsed.flatMap(({ label, percent }) => (percent === undefined ? [] : [[label, percent]]));
  const body = {
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) as object }),
    ...(shares.length > 0 && { traffic: Object.fromEntries(shares) as object }),
    ...(shadow === false && { shadow: null }),
    ...(typeof shadow === "string" && { shadow: parseShadow(shadow) }),
  };
  const { labels: named, traffic, shadow: copied } = checked(body, trafficSchema);
  const { steering, request } = await opened(asked);
  return shown(model, await steering.setTraffic(model, { labels: named, traffic, shadow: copied }, request));
}

async function opened({ repository, who, why }: Asked): Promise<{
  readonly steering: Steering;
  readonly request: { readonly who: Who; readonly why: string };
}> {
  const request = { who, why: checked(why, whySchema) };
  // The audit log goes where messages do: what a command prints is for whoever asked.
  const log = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  return { steering: await new Promotion(repository, log).steering(), request };
}

interface Setting {
  readonly label: string;
  /** Null takes the label away; undefined leaves it. */
  readonly version: string | null | undefined;
  readonly percent: number | undefined;
}

function parseSetting(text: string): Setting {
  const [, label, equals, version = "", share] = /^([^=:]+)(?:(=)([^=:]*))?(?::([\d.]+))?$/.exec(text) ?? [];
  if (label === undefined || (equals === undefined && share === undefined)) {
    throw new ServiceError(
      "invalid_input",
      `The setting '${text}' must be LABEL=VERSION, LABEL=VERSION:PERCENT, LABEL= or NAME:PERCENT.`,
    );
  }
  const named = version === "" ? null : version;
  return {
    label,
    version: equals === undefined ? undefined : named,
    percent: share === undefined ? undefined : Number(share),
  };
}

function parseShadow(text: string): object {
  const [version, percent] = text.split(":");
  return { version, percent: Number(percent) };
}

function defined(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function shown(model: string, { event, from, to }: Changed): string {
  return event === undefined
    ? `Nothing is changed: model '${model}' serves ${servingText(to)}.`
    : `Model '${model}' served ${servingText(from)} and now serves ${servingText(to)}.`;
}

function servingText({ stable, traffic, shadow }: Told): string {
  const shares = Object.entries(traffic ?? {}).map(([name, share]) => `${share} % to ${name}`);
  return [
    `version ${stable} as stable`,
    ...(shares.length > 1 ? [shares.join(" and ")] : []),
    ...(shadow ? [`copies of ${shadow.percent} % to ${shadow.version}`] : []),
  ].join(", ");
}
