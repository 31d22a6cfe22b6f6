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
  /** Those to serve that the policy alone would not choose; absent for none. */
  readonly beyondPolicy?: ReadonlySet<string>;
}

/**
 * What to load and what to retire so that `policy` holds over those versions that can serve, and those that are `named`
 * serve beside. A refused or unsettled version, or one whose files are not here, counts as absent until that changes, so
 * that what it was to replace keeps serving. Files are fetched of what is chosen while nothing speaks against it but that
 * they are not here.
 */
export function planVersions(
  states: readonly PlannedVersion[],
  policy: VersionPolicy,
  named: ReadonlySet<string> = new Set(),
): Plan {
  const there = states.filter((state) => state.stamp !== undefined);
  const wanted = choose(
    there.filter((state) => isServed(state) || isLoadable(state)),
    policy,
    named,
  );
  const selected = choose(
    there.filter((state) => isServed(state) || (isLoadable(state) && isHere(state))),
    policy,
    named,
  );
  const { beyondPolicy } = selected;
  const isNew = (state: PlannedVersion): boolean => isLoadable(state) && state.servedStamp !== state.stamp;
  return {
    fetch: namesOf(wanted.chosen.filter((state) => isNew(state) && state.absence === "unasked")),
    load: namesOf(selected.chosen.filter((state) => isNew(state) && isHere(state))),
    retire: namesOf(states.filter((state) => isServed(state) && !selected.chosen.includes(state))),
    ...(beyondPolicy.size > 0 && { beyondPolicy }),
  };
}

function choose(
  states: readonly PlannedVersion[],
  policy: VersionPolicy,
  named: ReadonlySet<string>,
): { readonly chosen: PlannedVersion[]; readonly beyondPolicy: ReadonlySet<string> } {
  const versions = namesOf(states);
  const selected = new Set(selectVersions(versions, policy));
  const beyondPolicy = new Set(versions.filter((version) => named.has(version) && !selected.has(version)));
  const chosen = states.filter(({ version }) => selected.has(version) || beyondPolicy.has(version));
  return { chosen, beyondPolicy };
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
