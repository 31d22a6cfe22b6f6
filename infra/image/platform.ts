import { platformsOf, type Platform } from "../settings/image.js";
import type { Settings } from "../settings/settings.js";

/** Architecture of nodes, as their label `kubernetes.io/arch` names it. */
export type Architecture = "amd64" | "arm64";

/** What the image is built for: the setting; else a cluster on this machine decides, and others are taken for amd64. */
export function imagePlatform(
  cluster: Settings["cluster"],
  image: Pick<Settings["image"], "platform">,
  architecture: NodeJS.Architecture = process.arch,
): Platform {
  return (
    platformsOf(image)[0] ?? (cluster === "local" && architecture === "arm64" ? "linux/arm64" : "linux/amd64")
  );
}

/**
 * What a node may be to run the image. Any where nobody says what a prebuilt image is for, and on this machine, whose one node
 * may emulate another architecture than it has.
 */
export function nodeArchitectures({
  cluster,
  image,
}: Pick<Settings, "cluster" | "image">): Architecture[] | "any" {
  if (cluster === "local" || (image.reference !== undefined && image.platform === undefined)) {
    return "any";
  }
  const platforms = [imagePlatform(cluster, image), ...platformsOf(image).slice(1)];
  return platforms.map((each) => (each === "linux/arm64" ? "arm64" : "amd64"));
}
