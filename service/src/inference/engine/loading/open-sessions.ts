import { messageOf } from "../../../server/errors.js";
import { onCpu, type ChosenProvider } from "../session/execution-provider.js";
import { openInlineSession } from "../session/inline-session.js";
import { openHostedSession } from "../session/hosted-session.js";
import { MovingSession, type MoveObserver } from "../session/moving-session.js";
import { openRestartingSession, type RestartObserver } from "../session/restarting-session.js";
import type { Session } from "../session/session.js";
import { startProcess, startThread } from "../session/session-host.js";
import type { Adaptation } from "../../../onnx/adapt/adapt-model.js";
import type { RunCost } from "../../../onnx/run-cost.js";
import { findFilling, type Found } from "./find-filling.js";
import type { Filling } from "./fillings.js";
import { warmUp, type WarmRun } from "./warm-up.js";

/**
 * Runs no longer than this stay on the event loop's thread, where they cost no hand-over (about 0.1 ms a run measured,
 * most of it on the event loop); longer ones would keep other requests waiting.
 */
export const INLINE_RUN_MILLISECONDS = 2;

/** Reading a larger file stops the event loop for longer than a request should wait. */
export const INLINE_FILE_BYTES = 32 * 1024 * 1024;

/** A large model is warmed up at its small sizes only. */
const WARM_UP_MILLISECONDS = 2000;

/** Told what becomes of a version's sessions. */
export type SessionObserver = RestartObserver & MoveObserver;

export interface SessionsWanted {
  readonly path: string;
  readonly bytes: number;
  readonly concurrentRuns: number;
  /** For a session on a thread of its own; on the event loop's thread it is always one. */
  readonly intraOpThreads: number;
  readonly runLimitSeconds: number;
  /** What is to compute it; on a GPU, its runs are never on the event loop's thread. */
  readonly provider: ChosenProvider;
  readonly cost: RunCost;
  readonly adaptation: Adaptation;
  readonly observer: SessionObserver;
}

/** What is known of a graph once it can be asked, and what it is warmed up with. */
export interface WarmUpPlan {
  /** Batch sizes (undefined: as declared). */
  readonly sizes: readonly (number | undefined)[];
  /** What inputs may be made of, to be tried in turn. */
  readonly fillings: readonly Filling[];
  /** Dimensions that requests may make longer than the warm-up does. */
  readonly unbounded: readonly string[];
}

/** Where a version's runs are, and why they are not on the event loop's thread: a whole sentence, "" where they are. */
export interface Place {
  readonly where: "event loop" | "thread" | "process";
  readonly reason: string;
}

export interface OpenSessions<P extends WarmUpPlan> {
  readonly plan: P;
  /** One per run at a time, all alike. */
  readonly sessions: readonly [Session, ...Session[]];
  readonly runs: readonly WarmRun[];
  readonly place: Place;
  /** What it was warmed up with, or why not. */
  readonly found: Found;
  /** What computes it. */
  readonly provider: ChosenProvider;
}

/**
 * Loads a graph where its runs do least harm. The first session is on a thread of its own, or a process where a run may
 * be endless, so that nothing that loading or the first runs do stops the event loop. Only when runs at their largest are
 * known to be short does it go on the event loop's thread. Rejects with the reason when it cannot be loaded.
 */
export async function openSessions<P extends WarmUpPlan>(
  asked: SessionsWanted,
  makePlan: (session: Session) => Promise<P>,
): Promise<OpenSessions<P>> {
  const { first, wanted } = await openFirst(asked);
  const { provider } = wanted;
  const sessions: [Session, ...Session[]] = [first];
  try {
    const plan = await makePlan(first);
    const found = await findFilling(first, plan.fillings, plan.sizes[0]);
    const runs = await warm(first, plan, found);
    let reason = whyElsewhere(wanted, plan, runs);
    if (reason === undefined) {
      const inline = await openInline(wanted, plan, found);
      if (inline) {
        await first.release();
        return {
          plan,
          sessions: [inline],
          runs,
          found,
          provider,
          place: { where: "event loop", reason: "" },
        };
      }
      reason = `Runs take more than ${INLINE_RUN_MILLISECONDS} ms with one thread.`;
    }
    while (sessions.length < wanted.concurrentRuns) {
      sessions.push(await openElsewhere(wanted));
    }
    await Promise.all(sessions.slice(1).map((session) => warm(session, plan, found)));
    const where = needsProcess(wanted) ? "process" : "thread";
    return { plan, sessions, runs, found, provider, place: { where, reason } };
  } catch (error) {
    await Promise.all(sessions.map((session) => session.release()));
    throw error;
  }
}

/** The first session, and how the others are opened: where a GPU does not take the model, all on the CPU. */
async function openFirst(wanted: SessionsWanted): Promise<{ first: Session; wanted: SessionsWanted }> {
  if (wanted.provider.provider === "cpu") {
    return { first: await openElsewhere(wanted), wanted };
  }
  try {
    return { first: await openElsewhere(wanted), wanted };
  } catch (error) {
    const provider: ChosenProvider = { provider: "cpu", fallback: onCpu(messageOf(error)) };
    const onProcessor = { ...wanted, provider };
    return { first: await openElsewhere(onProcessor), wanted: onProcessor };
  }
}

function openElsewhere(wanted: SessionsWanted): Promise<Session> {
  const start = needsProcess(wanted) ? startProcess : startThread;
  const options = { ...wanted, provider: wanted.provider.provider };
  return openRestartingSession(() => openHostedSession(wanted.path, options, start), wanted.observer);
}

/** Of a thread and a process only a process can be ended while it computes, and only a process ends alone. */
function needsProcess({ cost }: SessionsWanted): boolean {
  return cost.kind === "endless" || cost.kind === "deadly";
}

/** Why runs must not be on the event loop's thread; undefined where all of them are known to be short. */
function whyElsewhere(
  { cost, concurrentRuns, bytes, provider }: SessionsWanted,
  { unbounded }: WarmUpPlan,
  runs: readonly WarmRun[],
): string | undefined {
  if (cost.kind !== "shapes") {
    return cost.reason;
  }
  if (provider.provider === "cuda") {
    return "Its runs are on a GPU.";
  }
  if (unbounded.length > 0) {
    return `Requests choose how long ${unbounded.join(", ")} ${unbounded.length === 1 ? "is" : "are"}, and so how long a run takes.`;
  }
  if (concurrentRuns > 1) {
    return `config.json asks for ${concurrentRuns} runs at once.`;
  }
  if (bytes > INLINE_FILE_BYTES) {
    return `Its files have more than ${INLINE_FILE_BYTES / 1024 ** 2} MiB.`;
  }
  if (runs.length === 0) {
    return "It is not warmed up, so that no run is known to be short.";
  }
  const long = runs.find(({ milliseconds }) => milliseconds > INLINE_RUN_MILLISECONDS);
  return (
    long &&
    `A run of ${long.rows === 1 ? "1 row" : `${long.rows} rows`} takes ${long.milliseconds.toFixed(1)} ms.`
  );
}

/** Undefined when the graph's runs are too long for this thread after all: here they have one thread. */
async function openInline(
  wanted: SessionsWanted,
  plan: WarmUpPlan,
  found: Found,
): Promise<Session | undefined> {
  const inline = await openInlineSession(wanted.path, wanted.adaptation);
  if (areShort(await warm(inline, plan, found))) {
    return new MovingSession(inline, () => openElsewhere(wanted), wanted.observer);
  }
  await inline.release();
  return undefined;
}

async function warm(session: Session, { sizes }: WarmUpPlan, { filling }: Found): Promise<WarmRun[]> {
  const runMilliseconds = session.threaded ? WARM_UP_MILLISECONDS : INLINE_RUN_MILLISECONDS;
  const limits = { budgetMilliseconds: WARM_UP_MILLISECONDS, runMilliseconds };
  return filling ? warmUp(session, sizes, filling, limits) : [];
}

function areShort(runs: readonly WarmRun[]): boolean {
  return runs.length > 0 && runs.every((run) => run.milliseconds <= INLINE_RUN_MILLISECONDS);
}
