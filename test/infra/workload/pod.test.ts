import { describe, expect, it } from "vitest";

import { podSpec } from "#infra/workload/pod.js";
import type { Workload } from "#infra/workload/workload.js";
import { JOBS } from "../support/workload.js";

const image = `registry.test/service@sha256:${"1".repeat(64)}`;

function pod(changes: Partial<Workload> = {}) {
  return podSpec({ ...JOBS, ...changes }, { image, serviceAccountName: "jobs" });
}

describe("a replica", () => {
  it("may do nothing that it does not need", () => {
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 2000,
        runAsGroup: 2000,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    });
  });

  it("is told where its image can run, if that is not everywhere", () => {
    expect(pod({ architectures: ["arm64"] }).nodeSelector).toEqual({ "kubernetes.io/arch": "arm64" });
    expect(pod()).not.toHaveProperty("nodeSelector");
    expect(pod()).not.toHaveProperty("affinity");
    const both = pod({ architectures: ["amd64", "arm64"] });
    expect(both).not.toHaveProperty("nodeSelector");
    expect(both).toHaveProperty(
      "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
      [{ matchExpressions: [{ key: "kubernetes.io/arch", operator: "In", values: ["amd64", "arm64"] }] }],
    );
  });

  it("has more time to end than its process takes", () => {
    expect(pod().terminationGracePeriodSeconds).toBeGreaterThan(40);
  });

  it("runs what its workload says, of the one image", () => {
    const [container] = pod().containers as { image: string; args: string[] }[];
    expect(container).toMatchObject({ image, args: ["work"] });
    expect(container).not.toHaveProperty("command");
    expect(pod({ command: ["/bin/other"] })).toHaveProperty("containers.0.command", ["/bin/other"]);
    expect(pod({ args: undefined })).not.toHaveProperty("containers.0.args");
  });

  it("is asked whether it lives and whether it is ready at different addresses", () => {
    expect(pod()).toMatchObject({
      containers: [
        {
          ports: [
            { name: "api", containerPort: 8010 },
            { name: "admin", containerPort: 9000 },
          ],
          startupProbe: { httpGet: { path: "/alive", port: "admin" } },
          livenessProbe: { httpGet: { path: "/alive", port: "admin" } },
          readinessProbe: { httpGet: { path: "/willing", port: "admin" } },
        },
      ],
    });
  });

  it("gets its environment, secrets by reference, in an order that does not depend on the settings'", () => {
    const one = pod({ environment: { ZONE: "a", COLOUR: "blue" } });
    const other = pod({ environment: { COLOUR: "blue", ZONE: "a" } });
    expect(one).toEqual(other);
    expect(one).toHaveProperty("containers.0.env", [
      { name: "COLOUR", value: "blue" },
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "jobs-token", key: "token" } } },
      { name: "ZONE", value: "a" },
    ]);
  });

  it("mounts its volumes so that its user may write to them", () => {
    expect(pod()).toMatchObject({
      securityContext: { fsGroup: 2000 },
      volumes: [
        { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
        { name: "data", persistentVolumeClaim: { claimName: "jobs-data" } },
        { name: "keys", secret: { secretName: "jobs-keys" } },
      ],
      containers: [
        {
          volumeMounts: [
            { name: "scratch", mountPath: "/scratch" },
            { name: "data", mountPath: "/data", readOnly: true },
            { name: "keys", mountPath: "/keys" },
          ],
        },
      ],
    });
  });

  it("has no trace of volumes where there are none", () => {
    const bare = pod({ volumes: [] });
    expect(bare).not.toHaveProperty("volumes");
    expect(bare).not.toHaveProperty("containers.0.volumeMounts");
    expect(bare).not.toHaveProperty("securityContext.fsGroup");
  });

  it("has requests and limits", () => {
    expect(pod()).toHaveProperty("containers.0.resources", {
      requests: { cpu: "1", memory: "1Gi", "ephemeral-storage": "2Gi" },
      limits: { cpu: "2", memory: "2Gi", "ephemeral-storage": "3Gi" },
    });
  });

  it("keeps apart from its like alone", () => {
    expect(pod()).toHaveProperty("topologySpreadConstraints.0.labelSelector.matchLabels", { app: "jobs" });
  });

  it("copies a folder of an image before it starts, with no more rights than it has itself", () => {
    const copy = {
      image: `registry.test/files@sha256:${"2".repeat(64)}`,
      folder: "/files",
      sizeLimit: "9Mi",
    };
    const volumes = [{ name: "files", path: "/data", readOnly: true, source: { copy } }];
    const { initContainers, containers, volumes: declared } = pod({ volumes });
    expect(initContainers).toEqual([
      {
        name: "copy-files",
        image: copy.image,
        command: ["cp", "-r", "/files/.", "/copy"],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        resources: (containers as { resources: object }[])[0]?.resources,
        volumeMounts: [{ name: "files", mountPath: "/copy" }],
      },
    ]);
    expect(declared).toEqual([{ name: "files", emptyDir: { sizeLimit: "9Mi" } }]);
    expect(containers).toMatchObject([
      { volumeMounts: [{ name: "files", mountPath: "/data", readOnly: true }] },
    ]);
    expect(pod()).not.toHaveProperty("initContainers");
  });

  it("stays with the others on the one node of their volume", () => {
    expect(pod({ oneNode: true })).toHaveProperty(
      "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution",
      [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "jobs" } } }],
    );
    expect(pod()).not.toHaveProperty("affinity");
  });
});
