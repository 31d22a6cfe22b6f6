import { fileURLToPath } from "node:url";

/** Folders that ship beside the compiled program; `src` and `dist` are siblings, so both find them. */
function beside(name: string): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** The page at `/`. */
export const WEB_FOLDER = beside("web");

/** The models that ship. */
export const MODELS_FOLDER = beside("models");

/** What services keep that are not told of a place. */
export const DATA_FOLDER = beside("data");
