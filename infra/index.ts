import { serviceAccess } from "./access.js";
import { chooseCluster } from "./clusters/index.js";
import { load } from "./config.js";
import { serviceImage } from "./image.js";
import { chooseRegistry } from "./registries/index.js";
import { ModelService, serviceNamespace } from "./service.js";

const settings = load();
const cluster = await chooseCluster(settings);
const image = await serviceImage(settings.image, () => chooseRegistry(settings, cluster));
const space = serviceNamespace(cluster, settings.namespace);
const inference = new ModelService(
  "inference",
  { image, namespace: space.metadata.name, settings },
  { provider: cluster.provider, dependsOn: cluster.ready },
);
const reached = serviceAccess(inference.service);

export const endpoint = reached.endpoint;
export const call = reached.call;
export const namespace = space.metadata.name;
export { image };
