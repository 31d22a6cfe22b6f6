/** Keys that callers and administrators send: what the service's file of them holds, and the program writes. */

/** What a key opens: predictions, or everything. */
export const KEY_ROLES = ["predict", "admin"] as const;
export type KeyRole = (typeof KEY_ROLES)[number];

/** What whoever holds a key may be called in logs and metrics. */
export const KEY_NAME = /^[\w.-]{1,64}$/;

/** What fits into a header as it is. */
export const KEY = /^[\x21-\x7e]+$/;

/** What a key's requests may be at most, in each process. */
export interface KeyLimits {
  readonly requestsPerSecond?: number | undefined;
  /** Requests that run at the same time. */
  readonly concurrency?: number | undefined;
}

/** An entry of the file. Two keys of one name are of one holder, who changes from one to the other. */
export interface ApiKey extends KeyLimits {
  readonly name: string;
  readonly key: string;
  readonly role: KeyRole;
}

/** Why keys cannot be valid together, in words that follow their source and show no key; undefined where they can. */
export function contradictionOf(keys: readonly ApiKey[]): string | undefined {
  for (const [index, one] of keys.entries()) {
    for (const other of keys.slice(0, index)) {
      if (one.key === other.key) {
        return `gives ${other.name} and ${one.name} the same key`;
      }
      if (one.name === other.name && !areAlike(one, other)) {
        return `gives two keys named ${one.name} different roles or limits`;
      }
    }
  }
  return undefined;
}

function areAlike(one: ApiKey, other: ApiKey): boolean {
  return (
    one.role === other.role &&
    one.requestsPerSecond === other.requestsPerSecond &&
    one.concurrency === other.concurrency
  );
}
