import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseModelConfig } from "../../models/config-file.js";
import { isMissing } from "../../models/unreadable.js";
import { DEFAULT_LABEL } from "../../models/versions.js";
import { replaceFile } from "../jobs/job-folders.js";

const CONFIG_FILE = "config.json";

/** The text of a model's config.json; undefined without one. */
export async function readConfigText(modelFolder: string): Promise<string | undefined> {
  try {
    return await readFile(join(modelFolder, CONFIG_FILE), "utf8");
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Has the label `stable` point to `version` in a model's config.json, which is replaced whole. Throws an Error, and changes
 * nothing, when the file is no longer the text that was `read`, or could not be used.
 */
export async function pointTo(modelFolder: string, version: string, read: string | undefined): Promise<void> {
  const config = JSON.parse(read ?? "{}") as { labels?: Record<string, string> };
  const labels = { ...config.labels, [DEFAULT_LABEL]: version };
  await writeConfig(modelFolder, { ...config, labels }, read);
}

/** Writes config.json whole, unless it is no longer the text that was `read`. */
export async function writeConfig(
  modelFolder: string,
  config: object,
  read: string | undefined,
): Promise<void> {
  const text = `${JSON.stringify(config, null, 2)}\n`;
  parseModelConfig(text);
  if ((await readConfigText(modelFolder)) !== read) {
    throw new Error("config.json was changed meanwhile");
  }
  await replaceFile(join(modelFolder, CONFIG_FILE), text);
}
