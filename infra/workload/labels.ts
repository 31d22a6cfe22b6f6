import { PROJECT } from "../settings/keys.js";
import type { Labels } from "./workload.js";

/** The labels of one of the product's services, told from the others by its component. */
export function labelsOf(component: string): { selector: Labels; labels: Labels } {
  const selector = {
    "app.kubernetes.io/name": PROJECT,
    "app.kubernetes.io/component": component,
  };
  return { selector, labels: { ...selector, "app.kubernetes.io/part-of": PROJECT } };
}
