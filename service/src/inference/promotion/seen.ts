/**
 * Since when something has been the same, on this machine's own clock: what tells that whoever should change it is gone, without
 * a comparison of clocks of different machines.
 */
export class Seen {
  private readonly entries = new Map<string, { readonly what: string; readonly since: number }>();

  /** `now` is in milliseconds, on a clock that never goes back. */
  constructor(private readonly now: () => number) {}

  /** Milliseconds that `key` has been `what` for; 0 when it is new. */
  look(key: string, what: string): number {
    const now = this.now();
    const entry = this.entries.get(key);
    if (entry?.what === what) {
      return now - entry.since;
    }
    this.entries.set(key, { what, since: now });
    return 0;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }
}
