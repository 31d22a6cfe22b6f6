import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { ApiKey } from "@ai-model-service/contract/keys";

import type { Placement } from "../clusters/cluster.js";
import { KEYS_FOLDER, PROMETHEUS_KEY } from "../settings/service-keys.js";
import type { SecretKey, Volume } from "../workload/workload.js";
import type { Place } from "../workload/place.js";

const SECRET = "inference-keys";
const FILE = "keys.json";

/** Where the service's keys are: in a Secret that is mounted whole, so that a change reaches pods that run. */
export const KEYS = {
  file: `${KEYS_FOLDER}/${FILE}`,
  /** The file's name in the Secret. */
  entry: FILE,
  volume: { name: "keys", path: KEYS_FOLDER, readOnly: true, source: { secret: SECRET } } satisfies Volume,
  ofPrometheus: { secret: SECRET, key: PROMETHEUS_KEY } satisfies SecretKey,
};

/**
 * Puts the keys of the settings into a Secret, and with them one that Prometheus sends: once there are keys, metrics need
 * one. Nothing where there are no keys.
 */
export function inferenceKeys(
  keys: readonly ApiKey[],
  { namespace, labels }: Place,
  placement: Placement,
): void {
  if (keys.length === 0) {
    return;
  }
  const { result } = new random.RandomPassword(`${SECRET}-${PROMETHEUS_KEY}`, { length: 32, special: false });
  const ofPrometheus = { name: PROMETHEUS_KEY, key: result, role: "admin" };
  new k8s.core.v1.Secret(
    SECRET,
    {
      metadata: { name: SECRET, namespace, labels },
      stringData: {
        [FILE]: pulumi.secret(pulumi.jsonStringify([...keys, ofPrometheus])),
        [PROMETHEUS_KEY]: result,
      },
    },
    placement,
  );
}
