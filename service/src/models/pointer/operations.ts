import { ServiceError } from "../../server/errors.js";
import {
  changePointer,
  type Changed,
  type Pointer,
  type Request,
  type Surroundings,
} from "./change-pointer.js";
import type { Serving } from "./edit-config.js";
import { readEvents } from "./events.js";
import { hasCanary, promoted, withoutCanary, withTraffic, type TrafficChange } from "./moves.js";
import type { Records } from "./records.js";
import { stableHistory } from "./stable-history.js";

/** Makes `version` stable. */
export function promote(
  surroundings: Surroundings,
  model: string,
  version: string,
  request: Request,
): Promise<Changed> {
  return changePointer(surroundings, model, {
    ...request,
    action: "promote",
    decide: ({ serving, versions }) => promoted(serving, version, versions),
  });
}

/** Sets labels, shares and shadow. */
export function setTraffic(
  surroundings: Surroundings,
  model: string,
  change: TrafficChange,
  request: Request,
): Promise<Changed> {
  return changePointer(surroundings, model, {
    ...request,
    action: "traffic",
    decide: ({ serving, versions }) => withTraffic(serving, change, versions),
  });
}

/**
 * One step back: while another version is tried on a part of the traffic, that is over; else the version that was stable before
 * is again. `to` names the version to go back to instead.
 */
export function rollback(
  surroundings: Surroundings,
  model: string,
  to: string | undefined,
  request: Request,
): Promise<Changed> {
  return changePointer(surroundings, model, {
    ...request,
    action: "rollback",
    async decide(pointer) {
      const { serving, versions } = pointer;
      if (to !== undefined) {
        return withoutCanary(promoted(serving, to, versions));
      }
      return hasCanary(serving) ? withoutCanary(serving) : back(surroundings.records, pointer);
    },
  });
}

async function back(records: Records, { model, text, serving, versions, stable }: Pointer): Promise<Serving> {
  const events = await readEvents(records, model, text);
  const before = stableHistory(events, stable)
    .slice(0, -1)
    .findLast((version) => version !== stable && versions.includes(version));
  if (before === undefined) {
    throw new ServiceError(
      "unprocessable",
      `The events of model '${model}' tell of no earlier stable version that is still there: name the one to go back to.`,
    );
  }
  return promoted(serving, before, versions);
}
