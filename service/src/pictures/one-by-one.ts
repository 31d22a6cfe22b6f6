import { setImmediate as turn } from "node:timers/promises";

/** Pictures of one request that are worked on at once: while one is decoded, another is fitted. */
const AT_ONCE = 2;

/**
 * `work` on every item, a couple at once; between two items the event loop turns to other requests. The first failure
 * ends it: no other item is begun.
 */
export async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = false;
  let turns = Promise.resolve();
  async function worker(): Promise<void> {
    while (next < items.length && !failed) {
      const index = next;
      next += 1;
      if (index > 0) {
        // One after the other, also between those at once: each picture has a turn for itself.
        turns = turns.then(() => turn());
        await turns;
      }
      if (failed) {
        return;
      }
      try {
        results[index] = await work(items[index] as T);
      } catch (cause) {
        failed = true;
        throw cause;
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
