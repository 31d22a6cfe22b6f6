import {
  AppsV1Api,
  CoreV1Api,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
} from "@kubernetes/client-node";

/** A model that is mounted into a service that runs, beside those of its image. */
export interface MountedModel {
  readonly name: string;
  /** By path in the model's folder. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** Whether requests that name no model mean it. */
  readonly isDefault: boolean;
}

const DEFAULT_MODEL = "DEFAULT_MODEL";

/** Gives the replicas of a Deployment a model; they are replaced for it. */
export async function mountModel(
  config: KubeConfig,
  namespace: string,
  deployment: string,
  model: MountedModel,
): Promise<void> {
  const name = volumeOf(model);
  // Keys of a ConfigMap are no paths.
  const files = Object.entries(model.files).map(([path, content], index) => ({
    path,
    key: `file-${index}`,
    content: Buffer.from(content).toString("base64"),
  }));
  await config.makeApiClient(CoreV1Api).createNamespacedConfigMap({
    namespace,
    body: {
      metadata: { name },
      binaryData: Object.fromEntries(files.map(({ key, content }) => [key, content])),
    },
  });
  const volumeMounts = files.map(({ path, key }) => ({
    name,
    subPath: key,
    mountPath: `${folderOf(model)}/${path}`,
  }));
  const env = model.isDefault ? [{ name: DEFAULT_MODEL, value: model.name }] : [];
  await patch(config, namespace, deployment, {
    containers: [{ name: "server", env, volumeMounts }],
    volumes: [{ name, configMap: { name } }],
  });
}

/** Takes it away again. */
export async function unmountModel(
  config: KubeConfig,
  namespace: string,
  deployment: string,
  model: MountedModel,
): Promise<void> {
  const gone = { $patch: "delete" };
  const volumeMounts = Object.keys(model.files).map((path) => ({
    mountPath: `${folderOf(model)}/${path}`,
    ...gone,
  }));
  const env = model.isDefault ? [{ name: DEFAULT_MODEL, ...gone }] : [];
  await patch(config, namespace, deployment, {
    containers: [{ name: "server", env, volumeMounts }],
    volumes: [{ name: volumeOf(model), ...gone }],
  });
}

function volumeOf({ name }: MountedModel): string {
  return `model-${name}`;
}

function folderOf({ name }: MountedModel): string {
  return `/models/${name}`;
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
