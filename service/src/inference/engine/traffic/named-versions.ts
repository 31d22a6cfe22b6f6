import type { ModelConfig } from "../../../models/model-config.js";

type Named = Pick<ModelConfig, "labels" | "traffic" | "shadow">;

/** The version that `key`, a label or a version, means. */
export function versionOf({ labels = {} }: Pick<Named, "labels">, key: string): string {
  return (Object.hasOwn(labels, key) ? labels[key] : undefined) ?? key;
}

/** Versions that config.json names: they are loaded whatever its version policy says. */
export function namedVersions(config: Named): Set<string> {
  const { labels = {}, traffic = {}, shadow } = config;
  const keys = [...Object.keys(labels), ...Object.keys(traffic), ...(shadow ? [shadow.version] : [])];
  return new Set(keys.map((key) => versionOf(config, key)));
}
