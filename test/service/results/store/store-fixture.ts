import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "#service/results/store/store.js";
import type { NewResult } from "#service/results/store/stored-result.js";

export const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A result of which only what is given counts. */
export function result(id: string, more: Partial<NewResult> = {}): NewResult {
  return {
    id,
    time: 1000,
    model: "digits",
    version: "1",
    label: "7",
    decision: "accept",
    probability: 0.5,
    ...more,
  };
}

/** A path for an SQLite file, in a folder that goes with `remove`. */
export function temporaryFile(): { readonly file: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "results-"));
  return { file: join(folder, "made", "results.db"), remove: () => rmSync(folder, { recursive: true }) };
}

/** A store over an address, on a clock that stands still until it is moved. */
export async function openStore(address: string, clock = { now: 5000 }): Promise<Store> {
  const store = new Store({ address, log: SILENT, now: () => clock.now });
  await store.open();
  return store;
}
