import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LOCAL_STACK } from "../local/local-stack.js";

/**
 * Runs with the path of a file of settings that Pulumi may write to, and takes it away: what only looks at a stack leaves the
 * stack's own file alone. It begins as that file where `copyOf` names the stack, else it does not exist yet.
 */
export function withOwnSettings(run: (file: string) => void, copyOf?: string): void {
  const folder = mkdtempSync(join(tmpdir(), "settings-"));
  const file = join(folder, "Pulumi.yaml");
  try {
    const original = join(LOCAL_STACK.root, `Pulumi.${copyOf}.yaml`);
    if (copyOf !== undefined && existsSync(original)) {
      copyFileSync(original, file);
    }
    run(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
