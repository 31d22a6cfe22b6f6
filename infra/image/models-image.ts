import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type * as pulumi from "@pulumi/pulumi";

import type { Registry } from "../registries/registry.js";
import type { Settings } from "../settings/settings.js";
import { builtImage } from "./build.js";
import { layOutContext } from "./context.js";
import { contentTag } from "./inputs.js";
import type { ModelsFolder } from "./models-folder.js";
import { imagePlatform } from "./platform.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DOCKERFILE = "models.Dockerfile";

/** A folder of models as an image of its own, by digest: another one when their paths or content change, and only then. */
export function modelsImage(
  { cluster, image }: Pick<Settings, "cluster" | "image">,
  folder: ModelsFolder,
  registry: Registry,
): pulumi.Output<string> {
  const dockerfile = fileURLToPath(new URL(DOCKERFILE, import.meta.url));
  const recipe = readFileSync(dockerfile, "utf8");
  const tag = (...others: string[]) => contentTag(folder.path, folder.files, recipe, ...others);
  const models = folder.files.map((file) => ({ from: join(folder.path, file), to: `models/${file}` }));
  const context = layOutContext(ROOT, {
    of: "models",
    name: tag(),
    files: [{ from: dockerfile, to: DOCKERFILE }, ...models],
  });
  return builtImage(
    {
      name: "models",
      tagName: "models",
      context,
      dockerfile: DOCKERFILE,
      tag,
      platform: imagePlatform(cluster, image),
      settings: image,
    },
    registry.models(),
  );
}
