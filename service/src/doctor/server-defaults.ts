import { engineOptions } from "../inference/engine-options.js";
import { chooseProvider } from "../inference/engine/session/execution-provider.js";
import type { ServingDefaults } from "../inference/engine/loading/plan-serving.js";
import { detectThreads } from "../inference/engine/threads.js";
import { readSettings } from "../inference/settings.js";

/** How the server would serve here, as its settings in the environment say. */
export function serverDefaults(): ServingDefaults {
  const { threads, provider, ...options } = engineOptions(readSettings(process.env));
  return {
    ...options,
    intraOpThreads: threads ?? detectThreads().threads,
    provider: chooseProvider(provider),
  };
}
