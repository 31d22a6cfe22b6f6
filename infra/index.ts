import { chooseCluster } from "./clusters/index.js";
import { load } from "./config.js";
import { serviceImage } from "./image.js";
import { chooseRegistry } from "./registries/index.js";
import { ModelService, serviceNamespace } from "./service.js";

const settings = load();
const cluster = await chooseCluster(settings);
const image = await serviceImage(settings.image, () => chooseRegistry(settings, cluster));
const space = serviceNamespace(cluster, settings.namespace);
const service = new ModelService(
  "inference",
  { image, namespace: space.metadata.name, settings },
  { provider: cluster.provider, dependsOn: cluster.ready },
);

export const namespace = space.metadata.name;
export const imageDigest = image;
export const serviceName = service.service.metadata.name;
