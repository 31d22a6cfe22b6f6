import type { Daemon } from "../../docker/daemon.js";

/**
 * What is wrong with images by the settings that name them, a sentence each: one that its registry says it has not. What
 * else may keep an image away the daemon tells when it pulls.
 */
export async function missingImages(daemon: Daemon, images: Record<string, string>): Promise<string[]> {
  const faults = await Promise.all(
    Object.entries(images).map(async ([setting, image]) =>
      (await isMissing(daemon, image)) ? [`${setting}: there is no image ${image} in its registry`] : [],
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
