import type { Absence } from "../../../models/version-folder.js";
import { selectVersions, type VersionPolicy } from "../../../models/versions.js";

/** What must be known of a version folder, and of what serves from it, to plan. */
export interface PlannedVersion {
  readonly version: string;
  /** Of the folder as it is now; undefined when it is gone. */
  readonly stamp: string | undefined;
  /** Whether the folder has been the same for two looks, or need not be waited for. */
  readonly settled: boolean;
  /** Stamp of what serves; undefined when nothing does. */
  readonly servedStamp: string | undefined;
  /** Stamp of what was refused last. */
  readonly refusedStamp: string | undefined;
  /** How it goes with files that are not on this machine; undefined when they are. */
  readonly absence: Absence["state"] | undefined;
}

export interface Plan {
  /** Whose files are to be brought to this machine. */
  readonly fetch: readonly string[];
  readonly load: readonly string[];
  /** To be taken away once every load is done. */
  readonly retire: readonly string[];
}

/**
 * What to load and what to retire so that `policy` holds over those versions that can serve. A refused or unsettled
 * version, or one whose files are not here, counts as absent until that changes, so that what it was to replace keeps
 * serving. Files are fetched of what the policy chooses while nothing speaks against it but that they are not here.
 */
export function planVersions(states: readonly PlannedVersion[], policy: VersionPolicy): Plan {
  const there = states.filter((state) => state.stamp !== undefined);
  const wanted = choose(
    there.filter((state) => isServed(state) || isLoadable(state)),
    policy,
  );
  const selected = choose(
    there.filter((state) => isServed(state) || (isLoadable(state) && isHere(state))),
    policy,
  );
  const isNew = (state: PlannedVersion): boolean => isLoadable(state) && state.servedStamp !== state.stamp;
  return {
    fetch: namesOf(wanted.filter((state) => isNew(state) && state.absence === "unasked")),
    load: namesOf(selected.filter((state) => isNew(state) && isHere(state))),
    retire: namesOf(states.filter((state) => isServed(state) && !selected.includes(state))),
  };
}

function choose(states: readonly PlannedVersion[], policy: VersionPolicy): PlannedVersion[] {
  const chosen = new Set(selectVersions(namesOf(states), policy));
  return states.filter(({ version }) => chosen.has(version));
}

function namesOf(states: readonly PlannedVersion[]): string[] {
  return states.map(({ version }) => version);
}

function isServed(state: PlannedVersion): boolean {
  return state.servedStamp !== undefined;
}

function isLoadable(state: PlannedVersion): boolean {
  return state.settled && state.stamp !== state.refusedStamp && state.absence !== "failed";
}

function isHere(state: PlannedVersion): boolean {
  return state.absence === undefined;
}
