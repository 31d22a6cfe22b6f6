import { messageOf, ServiceError } from "../../../server/errors.js";
import type { Session } from "../session/session.js";
import type { Filling } from "./fillings.js";

/** What is looked for is mostly the first; a slow graph is not run forty times. */
const SEARCH_MILLISECONDS = 20_000;

/** The first filling that the graph runs; without one, what it said to the first. */
export interface Found {
  readonly filling: Filling | undefined;
  /** Whole sentences; "" when the first one ran. */
  readonly refusals: string;
}

/**
 * Looks for inputs that the graph can run: what it refuses (a divisor of 0, an id that is too small, a window larger than
 * the picture) says nothing of what its callers send. Gives up when a run does not come back in time. Never rejects.
 */
export async function findFilling(
  session: Session,
  fillings: readonly Filling[],
  rows: number | undefined,
  now: () => number = () => performance.now(),
): Promise<Found> {
  const began = now();
  let refusals = "";
  for (const filling of fillings) {
    try {
      await session.run(filling.inputs(session.inputs, rows));
      return { filling, refusals };
    } catch (error) {
      refusals ||= `With ${filling.name}: ${messageOf(error)}`;
      const isEnded = error instanceof ServiceError && error.code === "deadline_exceeded";
      if (isEnded || now() - began > SEARCH_MILLISECONDS) {
        break;
      }
    }
  }
  return { filling: undefined, refusals };
}
