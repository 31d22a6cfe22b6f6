import { serviceAccess } from "./exposure/access.js";
import { onCluster } from "./clusters/cluster.js";
import { chooseCluster } from "./clusters/create-cluster.js";
import { load } from "./settings/settings.js";
import { serviceImage } from "./image/service-image.js";
import { grafanaEndpoint, publicEndpoint } from "./exposure/public-endpoint.js";
import { chooseMonitoring } from "./monitoring/create-monitoring.js";
import { stackOutputs } from "./outputs.js";
import { chooseRegistry } from "./registries/create-registry.js";
import { ModelService, serviceNamespace } from "./workload/component.js";

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
