import {
  ApiextensionsV1Api,
  type KubeConfig,
  type V1CustomResourceDefinition,
} from "@kubernetes/client-node";

const GROUP = "monitoring.coreos.com";

/** The resource definitions of Prometheus's operator in a cluster. */
export class Definitions {
  constructor(private readonly config: KubeConfig) {}

  async all(): Promise<V1CustomResourceDefinition[]> {
    const { items } = await this.api.listCustomResourceDefinition();
    return items.filter(({ spec }) => spec.group === GROUP);
  }

  async kinds(): Promise<string[]> {
    return (await this.all()).map(({ spec }) => spec.names.kind).sort();
  }

  /** Makes them as somebody else would, without the marks of a Helm release. */
  async create(definitions: readonly V1CustomResourceDefinition[]): Promise<void> {
    for (const { metadata, spec } of definitions) {
      const body = {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: metadata?.name ?? "" },
        spec,
      };
      await this.api.createCustomResourceDefinition({ body });
    }
  }

  async delete(): Promise<void> {
    for (const { metadata } of await this.all()) {
      await this.api.deleteCustomResourceDefinition({ name: metadata?.name ?? "" });
    }
  }

  private get api(): ApiextensionsV1Api {
    return this.config.makeApiClient(ApiextensionsV1Api);
  }
}
