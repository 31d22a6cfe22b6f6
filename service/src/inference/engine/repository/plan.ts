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
}

export interface Plan {
  readonly load: readonly string[];
  /** To be taken away once every load is done. */
  readonly retire: readonly string[];
}

/**
 * What to load and what to retire so that `policy` holds over those versions that can serve. A refused or unsettled
 * version counts as absent until its files change, so that what it was to replace keeps serving.
 */
export function planVersions(states: readonly PlannedVersion[], policy: VersionPolicy): Plan {
  const usable = states.filter(
    (state) => state.stamp !== undefined && (isServed(state) || isLoadable(state)),
  );
  const selected = new Set(
    selectVersions(
      usable.map((state) => state.version),
      policy,
    ),
  );
  return {
    load: usable
      .filter(
        (state) => selected.has(state.version) && isLoadable(state) && state.servedStamp !== state.stamp,
      )
      .map((state) => state.version),
    retire: states
      .filter((state) => isServed(state) && !selected.has(state.version))
      .map((state) => state.version),
  };
}

function isServed(state: PlannedVersion): boolean {
  return state.servedStamp !== undefined;
}

function isLoadable(state: PlannedVersion): boolean {
  return state.settled && state.stamp !== state.refusedStamp;
}
