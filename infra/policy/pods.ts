import { at, type Checked, listAt, textAt } from "./policy-rule.js";

/** Where each kind of workload keeps its pod's spec. */
const TEMPLATES: Record<string, string[]> = {
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
  "kubernetes:core/v1:Pod": ["spec"],
};

/** A container and what it inherits. */
export interface PodContainer {
  name: string;
  container: unknown;
  pod: unknown;
}

/** What the operator of Prometheus makes pods of: their container as it writes it, beside what the object says. */
const OPERATED = ["Prometheus", "Alertmanager"].map((kind) => `kubernetes:monitoring.coreos.com/v1:${kind}`);
const AS_THE_OPERATOR_WRITES_IT = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** The containers of a workload, those that prepare it too; none for other resources. */
export function containersOf({ type, props }: Checked): PodContainer[] {
  if (OPERATED.includes(type)) {
    return [operated(type, at(props, "spec"))];
  }
  const path = TEMPLATES[type];
  if (path === undefined) {
    return [];
  }
  const pod = at(props, ...path);
  return [...listAt(pod, "initContainers"), ...listAt(pod, "containers")].map((container) => ({
    name: textAt(container, "name"),
    container,
    pod,
  }));
}

function operated(type: string, pod: unknown): PodContainer {
  const container = {
    image: at(pod, "image"),
    resources: at(pod, "resources"),
    securityContext: AS_THE_OPERATOR_WRITES_IT,
  };
  return { name: (type.split(":").at(-1) ?? "").toLowerCase(), container, pod };
}
