import { totalmem } from "node:os";

/** Bytes of memory that this process may use: its control group's limit, or what the machine has. */
export function memoryLimitBytes(): number {
  // Older versions of Node.js lack it; without a limit it is 0, or more than any machine has.
  const limit = (process as Partial<typeof process>).constrainedMemory?.() ?? 0;
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
