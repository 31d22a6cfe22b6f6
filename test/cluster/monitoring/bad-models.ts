import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
} from "@kubernetes/client-node";
import { slow } from "../../models/index.js";

const FOLDER = "/models/slow";
const FILES = ["1/model.onnx", "2/model.onnx", "config.json"] as const;

/** 27 billion operations a row: more than half a second on the third of a core that the test gives a replica. */
const LAYERS = 800;

/** Gives the running service a model that is slow, made the default, with a second version that cannot be loaded. */
export async function mountBadModels(
  config: KubeConfig,
  namespace: string,
  deployment: string,
): Promise<void> {
  const name = "bad-models";
  const good = Buffer.from(slow(LAYERS, 256)).toString("base64");
  const broken = Buffer.from("no model").toString("base64");
  // One row a run, so that it is not warmed up with more, which would take long; and little room to wait.
  const data = { settings: JSON.stringify({ maxBatchSize: 1, queueRows: 1 }) };
  await config.makeApiClient(CoreV1Api).createNamespacedConfigMap({
    namespace,
    body: { metadata: { name }, data, binaryData: { good, broken } },
  });
  const mount = (subPath: string, file: string) => ({ name, subPath, mountPath: `${FOLDER}/${file}` });
  const container = {
    name: "server",
    env: [{ name: "DEFAULT_MODEL", value: "slow" }],
    volumeMounts: [mount("good", FILES[0]), mount("broken", FILES[1]), mount("settings", FILES[2])],
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
  const mounts = FILES.map((file) => ({ mountPath: `${FOLDER}/${file}`, ...gone }));
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
