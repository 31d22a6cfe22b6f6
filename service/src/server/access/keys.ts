import { readFileSync, watchFile } from "node:fs";
import type { ApiKey } from "@ai-model-service/contract/keys";
import type { Logger } from "../observe/logger.js";
import { messageOf } from "../errors.js";
import { SettingsError } from "../settings/read.js";
import type { ServerSettings } from "../settings/server-settings.js";
import { checkTogether, keysOfList, parseKeys } from "./api-key.js";
import { KeyRing } from "./key-ring.js";

/** The keys of a server, and what they are asked for: a ring that has become empty must not open a door. */
export interface Keys {
  readonly ring: KeyRing;
  readonly guardPredictions: boolean;
  readonly guardAdministration: boolean;
}

export type KeySettings = Pick<ServerSettings, "apiKeys" | "adminApiKeys" | "apiKeysFile">;

/** Milliseconds between two looks at the file. */
const LOOK_MS = 1000;

/** The keys that the settings name. Throws a SettingsError for a file that cannot be used. */
export function readKeys(settings: KeySettings): Keys {
  const { apiKeys, adminApiKeys, apiKeysFile } = settings;
  return {
    ring: new KeyRing(allKeys(settings)),
    guardPredictions: apiKeys !== undefined || apiKeysFile !== undefined,
    guardAdministration: adminApiKeys !== undefined || apiKeysFile !== undefined,
  };
}

/**
 * Follows the file of keys, if there is one. A change that cannot be used is logged, and the keys before it stay valid.
 * Looks at the file by its path, since Kubernetes replaces a mounted one by moving a link above it.
 */
export function followKeys({ ring }: Keys, settings: KeySettings, log: Logger): void {
  const { apiKeysFile: file } = settings;
  if (file === undefined) {
    return;
  }
  const look = (): void => {
    try {
      const keys = allKeys(settings);
      ring.replace(keys);
      log.info({ keys: keys.map(({ name }) => name) }, "API_KEYS_FILE has changed and is in force");
    } catch (error) {
      log.error({ reason: messageOf(error) }, "API_KEYS_FILE cannot be used; the keys before stay valid");
    }
  };
  watchFile(file, { interval: LOOK_MS, persistent: false }, look);
}

function allKeys({ apiKeys = [], adminApiKeys = [], apiKeysFile }: KeySettings): ApiKey[] {
  const keys = [
    ...keysOfList(apiKeys, "predict"),
    ...keysOfList(adminApiKeys, "admin"),
    ...(apiKeysFile === undefined ? [] : parseKeys(textOf(apiKeysFile), `API_KEYS_FILE ${apiKeysFile}`)),
  ];
  checkTogether(keys, apiKeysFile === undefined ? "API_KEYS" : `API_KEYS_FILE ${apiKeysFile}`);
  return keys;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new SettingsError([`API_KEYS_FILE ${file} cannot be read: ${messageOf(error)}.`]);
  }
}
