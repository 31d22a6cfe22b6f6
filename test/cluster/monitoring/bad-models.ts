import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
} from "@kubernetes/client-node";
import { slow } from "../../models/index.js";

/** Gives the running service a model that is slow, made the default, with a second version that cannot be loaded. */
export async function mountBadModels(
  config: KubeConfig,
  namespace: string,
  deployment: string,
): Promise<void> {
  const name = "bad-models";
  const good = Buffer.from(slow(200, 256)).toString("base64");
  const broken = Buffer.from("no model").toString("base64");
  await config
    .makeApiClient(CoreV1Api)
    .createNamespacedConfigMap({ namespace, body: { metadata: { name }, binaryData: { good, broken } } });
  const mount = (version: string, subPath: string) => ({
    name,
    subPath,
    mountPath: `/models/slow/${version}/model.onnx`,
  });
  const container = {
    name: "server",
    env: [{ name: "DEFAULT_MODEL", value: "slow" }],
    volumeMounts: [mount("1", "good"), mount("2", "broken")],
  };
  await patch(config, namespace, deployment, {
    containers: [container],
    volumes: [{ name, configMap: { name } }],
  });
}

/** Takes the bad models away again. */
export async function unmountBadModels(
  config: KubeConfig,
  namespace: string,
  deployment: string,
): Promise<void> {
  const gone = { $patch: "delete" };
  const mounts = ["1", "2"].map((version) => ({ mountPath: `/models/slow/${version}/model.onnx`, ...gone }));
  const container = { name: "server", env: [{ name: "DEFAULT_MODEL", ...gone }], volumeMounts: mounts };
  await patch(config, namespace, deployment, {
    containers: [container],
    volumes: [{ name: "bad-models", ...gone }],
  });
}

/** Merges into the pods' template, as `kubectl patch` does. */
async function patch(config: KubeConfig, namespace: string, name: string, template: object): Promise<void> {
  await config
    .makeApiClient(AppsV1Api)
    .patchNamespacedDeployment(
      { namespace, name, body: { spec: { template: { spec: template } } } },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
}
