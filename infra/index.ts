import { serviceAccess } from "./access.js";
import { onCluster } from "./clusters/cluster.js";
import { chooseCluster } from "./clusters/index.js";
import { load } from "./config.js";
import { serviceImage } from "./image.js";
import { grafanaEndpoint, publicEndpoint } from "./ingress.js";
import { chooseMonitoring } from "./monitoring/index.js";
import { stackOutputs } from "./outputs.js";
import { chooseRegistry } from "./registries/index.js";
import { ModelService, serviceNamespace } from "./service.js";

const settings = load();
const cluster = await chooseCluster(settings);
const image = await serviceImage(settings, () => chooseRegistry(settings, cluster));
const space = serviceNamespace(cluster, settings.namespace);
const placement = onCluster(cluster);
const monitoring = chooseMonitoring(settings, placement);
const inference = new ModelService(
  "inference",
  { image, namespace: space.metadata.name, settings, metrics: monitoring.scalingMetrics },
  placement,
);
monitoring.watch({ namespace: settings.namespace, name: "inference", after: space });
const reached =
  publicEndpoint(cluster, settings.ingress, space.metadata.name) ?? serviceAccess(inference.service);

export default stackOutputs({
  endpoint: reached.endpoint,
  call: reached.call,
  image,
  namespace: space.metadata.name,
  serviceName: inference.service.metadata.name,
  kubeconfig: cluster.kubeconfig,
  monitoringNamespace: monitoring.namespace,
  grafana:
    monitoring.grafanaPassword && monitoring.namespace && grafanaEndpoint(cluster, monitoring.namespace),
  grafanaPassword: monitoring.grafanaPassword,
});
