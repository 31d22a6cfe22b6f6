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

/** The containers of a workload, those that prepare it too; none for other resources. */
export function containersOf({ type, props }: Checked): PodContainer[] {
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
