import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Placement } from "../clusters/cluster.js";
import type { Place } from "../workload/place.js";
import type { SecretVariable } from "../workload/workload.js";

const SECRET = "inference-environment";

/**
 * Puts environment variables into a Secret, and says by name where pods find each. Nothing without any. Its name is
 * another one after each change, so that pods are replaced: a variable cannot be changed in a process that runs.
 */
export function secretEnvironment(
  values: Readonly<Record<string, string>>,
  { namespace, labels }: Place,
  placement: Placement,
): Record<string, SecretVariable> {
  const names = Object.keys(values);
  if (names.length === 0) {
    return {};
  }
  const { metadata } = new k8s.core.v1.Secret(
    SECRET,
    {
      metadata: { namespace, labels },
      immutable: true,
      stringData: pulumi.secret(values),
    },
    placement,
  );
  return Object.fromEntries(names.map((name) => [name, { secret: metadata.name, key: name }]));
}
