/** Writes docs/settings.md. */

import { writeFileSync } from "node:fs";
import { settingsPage } from "./settings-page.js";

writeFileSync(new URL("settings.md", import.meta.url), await settingsPage());
