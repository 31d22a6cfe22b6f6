import * as pulumi from "@pulumi/pulumi";

import { fault } from "./fault.js";
import { parseSettings, SettingsError, type Settings } from "./settings/settings.js";

/** The current stack's settings. */
export function loadSettings(): Settings {
  try {
    return parseSettings(pulumi.runtime.allConfig());
  } catch (error) {
    throw error instanceof SettingsError ? fault(error.message) : error;
  }
}
