import { ApiException, CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";

import { SERVICE_PORT } from "@ai-model-service/contract/http";
import { KEY_ROLES } from "@ai-model-service/contract/keys";

import { KEYS } from "../../services/inference-keys.js";
import { PROMETHEUS_KEY } from "../../settings/service-keys.js";
import type { DeployedOutputs } from "../deployed/deployed-stack.js";
import { forward } from "../deployed/port-forward.js";
import { expectPrediction } from "./prediction.js";

const keysSchema = z.array(z.object({ name: z.string(), key: z.string(), role: z.enum(KEY_ROLES) }));

/**
 * Asks a deployed stack for a prediction: a pod through the API server, which can be reached wherever the stack can be
 * changed, and then the address that callers use, if one is given. Returns what answered.
 */
export async function smokeTest(
  { namespace, serviceName: service }: DeployedOutputs,
  config: KubeConfig,
  url?: string,
): Promise<string[]> {
  const key = await callersKey(config, namespace);
  const pod = await forward(config, { namespace, service, port: SERVICE_PORT, localPort: 0 });
  try {
    await expectPrediction(pod.url, { key });
  } finally {
    pod.close();
  }
  if (url === undefined) {
    return [`${namespace}/${service}`];
  }
  await expectPrediction(url, { key });
  return [`${namespace}/${service}`, url];
}

/** A key that predicts, from where pods read theirs; undefined where the stack has none. A caller's goes first. */
export async function callersKey(config: KubeConfig, namespace: string): Promise<string | undefined> {
  const api = config.makeApiClient(CoreV1Api);
  const secret = await api
    .readNamespacedSecret({ namespace, name: KEYS.volume.source.secret })
    .catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) {
        return undefined;
      }
      throw error;
    });
  const file = secret?.data?.[KEYS.entry];
  if (file === undefined) {
    return undefined;
  }
  const keys = keysSchema.parse(JSON.parse(Buffer.from(file, "base64").toString("utf8")));
  const own = keys.filter(({ name }) => name !== PROMETHEUS_KEY);
  return (own.find(({ role }) => role === "predict") ?? own[0])?.key;
}
