import { onStack } from "./deployed/on-stack.js";
import { scalingFacts } from "./deployed/scaling-facts.js";
import { scalingStatus } from "./deployed/scaling-status.js";

await onStack(
  "status",
  "Says whether the autoscaler's metrics are live, and what is wrong if not.",
  async (outputs, config) => {
    const { namespace, serviceName: service, monitoringNamespace } = outputs;
    const metrics = scalingStatus(await scalingFacts(config, { namespace, service, monitoringNamespace }));
    for (const { name, live, says } of metrics) {
      console.log(`${live ? "live  " : "broken"} ${name}: ${says}`);
    }
    if (metrics.some(({ live }) => !live)) {
      process.exitCode = 1;
    }
  },
);
