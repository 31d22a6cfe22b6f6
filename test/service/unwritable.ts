import { closeSync, existsSync, openSync } from "node:fs";
import { devNull } from "node:os";

/** A device that is always full, where the system has one. */
const FULL = "/dev/full";

/** Runs `use` with a descriptor that nothing can be written to: of a full device, or else one that is open for reading alone. */
export async function withUnwritable(use: (descriptor: number) => Promise<void>): Promise<void> {
  const descriptor = existsSync(FULL) ? openSync(FULL, "w") : openSync(devNull, "r");
  try {
    await use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
