/** The program: from the settings of a stack to services that run on a cluster, can be reached and are watched. */

import * as pulumi from "@pulumi/pulumi";

import { createCluster } from "./clusters/create-cluster.js";
import { onCluster } from "./clusters/cluster.js";
import { administrationForward, serviceAccess } from "./exposure/access.js";
import { grafanaEndpoint } from "./exposure/grafana-endpoint.js";
import { publicEndpoint } from "./exposure/public-endpoint.js";
import { modelsFolder } from "./image/models-folder.js";
import { serviceImage } from "./image/service-image.js";
import { loadSettings } from "./load-settings.js";
import { missingCharts } from "./monitoring/charts/missing-charts.js";
import { createMonitoring } from "./monitoring/create-monitoring.js";
import { inferenceWatch } from "./monitoring/inference-watch.js";
import { stackOutputs } from "./outputs.js";
import { pullSecret } from "./registries/pull-secret.js";
import { registryOf } from "./registries/create-registry.js";
import { inferenceWorkload } from "./services/inference.js";
import { inferenceKeys } from "./services/inference-keys.js";
import { secretEnvironment } from "./services/secret-environment.js";
import { createModelSource } from "./stores/create-model-source.js";
import { DeployedWorkload } from "./workload/component.js";
import { labelsOf } from "./workload/labels.js";
import { workloadNamespace } from "./workload/namespace.js";

const settings = loadSettings();
const root = pulumi.runtime.getRootDirectory();
const folder = settings.models.folder === undefined ? undefined : modelsFolder(root, settings.models.folder);
const cluster = await createCluster(settings, () => missingCharts(settings.monitoring, root));
const registry = registryOf(settings, cluster.registry);
const image = await serviceImage(settings, registry);
const placement = onCluster(cluster);
const space = workloadNamespace(cluster, settings);
const namespace = space.metadata.name;

const place = { namespace, labels: labelsOf("inference").labels };
const secrets = secretEnvironment(settings.service.secretEnvironment, place, placement);
const models = await createModelSource(settings, { folder, cluster, registry }, { place, placement });
const workload = inferenceWorkload(settings, secrets, models);
inferenceKeys(settings.service.keys, place, placement);
const pull = pullSecret(settings.registry, place, placement);
const inference = new DeployedWorkload(
  { workload, image, namespace, pullSecret: pull, after: models.dependsOn },
  placement,
);
const service = inference.service.metadata.name;
const reached =
  publicEndpoint(cluster, settings.ingress, { workload, namespace, service }) ??
  serviceAccess(inference.service);

const monitoring = createMonitoring(settings.monitoring, cluster, placement);
monitoring.watch({ watch: inferenceWatch, workload, namespace: settings.namespace, after: space });

export default stackOutputs({
  endpoint: reached.endpoint,
  call: reached.call,
  administration: administrationForward(inference.administration),
  image,
  models: models.location,
  namespace,
  serviceName: service,
  kubeconfig: cluster.kubeconfig,
  monitoringNamespace: monitoring.namespace,
  grafana: grafanaEndpoint(cluster, monitoring),
  grafanaPassword: monitoring.grafanaPassword,
  protection: cluster.protection,
});
