import { dashboardNames } from "../monitoring/dashboards/links.js";
import { PROMETHEUS_STACK } from "../monitoring/charts/stack-values.js";
import { openInBrowser } from "./deployed/browser.js";
import { onStack } from "./deployed/on-stack.js";
import { forward } from "./deployed/port-forward.js";

await onStack(
  "dashboards",
  "Opens Prometheus and Grafana of a stack on this machine until it is interrupted.",
  async ({ monitoringNamespace: namespace, grafanaPassword }, config) => {
    if (namespace === undefined) {
      throw new Error("This stack installed no monitoring: see monitoring.mode in its settings.");
    }
    const prometheus = await forward(config, {
      namespace,
      service: PROMETHEUS_STACK.prometheus,
      port: PROMETHEUS_STACK.prometheusPort,
      localPort: 9090,
    });
    console.log(`Prometheus  ${prometheus.url}/alerts`);
    if (grafanaPassword === undefined) {
      return openInBrowser(`${prometheus.url}/alerts`);
    }
    const grafana = await forward(config, {
      namespace,
      service: PROMETHEUS_STACK.grafana,
      port: PROMETHEUS_STACK.grafanaPort,
      localPort: 3000,
    });
    const address = `${grafana.url}/d/${dashboardNames().overview.uid}`;
    console.log(`Grafana     ${address}  user admin, password ${grafanaPassword}`);
    openInBrowser(address);
  },
);
