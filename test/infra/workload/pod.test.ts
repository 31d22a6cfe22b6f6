import { describe, expect, it } from "vitest";

import { settings } from "#infra/settings/settings.js";
import { podSpec } from "#infra/workload/pod.js";

const image = `registry.test/service@sha256:${"1".repeat(64)}`;

function pod(service: Record<string, unknown> = {}) {
  const checked = settings.parse({ cluster: "local", service });
  return podSpec({ ...checked, image, serviceAccountName: "inference" });
}

describe("a replica", () => {
  it("may do nothing that it does not need", () => {
    expect(pod()).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
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

  it("has more time to end than the server takes to drain", () => {
    expect(
      pod({ shutdownDelaySeconds: 10, shutdownGraceSeconds: 60 }).terminationGracePeriodSeconds,
    ).toBeGreaterThan(60);
  });

  it("is asked whether it lives and whether it is ready at different addresses", () => {
    expect(pod()).toMatchObject({
      containers: [
        {
          startupProbe: { httpGet: { path: "/livez", port: "http" } },
          livenessProbe: { httpGet: { path: "/livez", port: "http" } },
          readinessProbe: { httpGet: { path: "/readyz", port: "http" } },
        },
      ],
    });
  });

  it("gets the server's settings in an order that does not depend on theirs", () => {
    const one = pod({ environment: { LOG_LEVEL: "debug", BATCH_ROWS: "8" } });
    const other = pod({ environment: { BATCH_ROWS: "8", LOG_LEVEL: "debug" } });
    expect(one).toEqual(other);
    expect(one).toHaveProperty("containers.0.env", [
      { name: "BATCH_ROWS", value: "8" },
      { name: "LOG_LEVEL", value: "debug" },
      { name: "SHUTDOWN_DELAY_SECONDS", value: "5" },
      { name: "SHUTDOWN_GRACE_SECONDS", value: "25" },
    ]);
  });

  it("has requests and limits", () => {
    expect(pod()).toHaveProperty("containers.0.resources", {
      requests: { cpu: "250m", memory: "192Mi" },
      limits: { cpu: "1", memory: "512Mi" },
    });
  });
});
