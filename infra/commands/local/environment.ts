import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Environment of Pulumi for a stack that lives on this machine: its state in a file below the folder, its secrets under a
 * passphrase that is made once and that this user alone can read. What the user has set already is left as it is.
 */
export function localEnvironment(
  environment: Record<string, string | undefined>,
  folder: string,
): Record<string, string | undefined> {
  const chosen = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  if (environment["PULUMI_BACKEND_URL"] === undefined) {
    mkdirSync(join(folder, "state"), { recursive: true });
    Object.assign(chosen, { PULUMI_BACKEND_URL: `file://${join(folder, "state")}` });
  }
  const hasPassphrase =
    environment["PULUMI_CONFIG_PASSPHRASE"] !== undefined ||
    environment["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  if (!hasPassphrase) {
    Object.assign(chosen, { PULUMI_CONFIG_PASSPHRASE: passphrase(join(folder, "passphrase")) });
  }
  return chosen;
}

function passphrase(file: string): string {
  if (!existsSync(file)) {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  }
  return readFileSync(file, "utf8");
}
