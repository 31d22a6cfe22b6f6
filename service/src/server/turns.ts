/** Milliseconds for which long work may hold the event loop before it turns to everything else. */
const SLICE_MILLISECONDS = 5;

let sliceEnds = 0;
let queue = Promise.resolve();

/**
 * To be awaited again and again by work that may be long: lets the event loop turn once the slice is used up. All long work
 * queues for one slice a turn, however many requests it is for, so that the others' wait does not grow with their number.
 */
export async function giveTurn(): Promise<void> {
  if (performance.now() < sliceEnds) {
    return;
  }
  const mine = queue.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  queue = mine;
  await mine;
  sliceEnds = performance.now() + SLICE_MILLISECONDS;
}
