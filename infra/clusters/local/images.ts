import type { Daemon } from "../../docker/daemon.js";
import { fullKey } from "../../settings/keys.js";

/**
 * Sentences about the images, by the paths of their settings, that their registries say do not exist. Of anything else
 * that keeps an image away the daemon tells when it pulls.
 */
export async function missingImages(daemon: Daemon, images: Record<string, string>): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(images).map(async ([setting, image]) =>
      (await isMissing(daemon, image))
        ? [`${fullKey(setting)}: The image ${image} is not in its registry.`]
        : [],
    ),
  );
  return faults.flat();
}

async function isMissing(daemon: Daemon, image: string): Promise<boolean> {
  const ask = (path: string) => daemon.call("GET", path).catch(() => undefined);
  if ((await ask(`/images/${image}/json`))?.status !== 404) {
    return false;
  }
  const answer = await ask(`/distribution/${image}/json`);
  // A daemon that cannot ask registries answers 404 too, with other words.
  return answer?.status === 404 && /manifest unknown|:\S+: not found/.test(JSON.stringify(answer.body));
}
