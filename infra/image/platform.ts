import type { Platform } from "../settings/image.js";
import type { Settings } from "../settings/settings.js";

/** Architecture of nodes, as their label `kubernetes.io/arch` names it. */
export type Architecture = "amd64" | "arm64";

/** What the image is built for: the setting; else a cluster on this machine decides, and others are taken for amd64. */
export function imagePlatform(
  cluster: Settings["cluster"],
  { platform }: Pick<Settings["image"], "platform">,
  architecture: NodeJS.Architecture = process.arch,
): Platform {
  return platform ?? (cluster === "local" && architecture === "arm64" ? "linux/arm64" : "linux/amd64");
}

/**
 * What a node must be to run the image. Undefined where nobody says what a prebuilt image is for, and for the one node on
 * this machine, which may emulate another architecture than it has.
 */
export function nodeArchitecture({
  cluster,
  image,
}: Pick<Settings, "cluster" | "image">): Architecture | undefined {
  if (cluster === "local" || (image.reference !== undefined && image.platform === undefined)) {
    return undefined;
  }
  return imagePlatform(cluster, image) === "linux/arm64" ? "arm64" : "amd64";
}
