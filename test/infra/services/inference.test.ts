import { describe, expect, it } from "vitest";

import { inferenceWorkload } from "#infra/services/inference.js";
import { settingsSchema } from "#infra/settings/settings.js";
import { podSpec } from "#infra/workload/pod.js";

function inference(sections: Record<string, unknown> = {}) {
  return inferenceWorkload(settingsSchema.parse({ cluster: "local", ...sections }));
}

describe("the inference service", () => {
  it("is asked for its health where the server answers", () => {
    expect(inference().probes).toEqual({ port: "http", live: "/livez", ready: "/readyz" });
    expect(inference().ports[0]).toEqual({ name: "http", container: 8000, service: 80 });
  });

  it("has a port for administrators that Prometheus alone reaches, wherever it is", () => {
    expect(inference().ports[1]).toEqual({ name: "admin", container: 8002, service: 8002 });
    const administration = (monitoring: object) => inference({ monitoring }).administration;
    expect(administration({})).toEqual({ port: "admin", scrapedFrom: "monitoring" });
    expect(administration({ namespace: "watch" }).scrapedFrom).toBe("watch");
    expect(administration({ mode: "existing", prometheusNamespace: "obs" }).scrapedFrom).toBe("obs");
    expect(administration({ mode: "none" }).scrapedFrom).toBeUndefined();
  });

  it("reads keys from a file, which a pod that runs sees change, and has Prometheus send one", () => {
    const keys = [{ name: "shop", key: "secret" }];
    const workload = inference({ service: { keys } });
    expect(workload).toMatchObject({
      environment: { API_KEYS_FILE: "/etc/keys/keys.json" },
      volumes: [{ name: "keys", path: "/etc/keys", readOnly: true, source: { secret: "inference-keys" } }],
      metrics: { path: "/metrics", key: { secret: "inference-keys", key: "prometheus" } },
    });
    expect(JSON.stringify(workload)).not.toContain("shop");
    // Mounted by a path, a file would stay as it was.
    expect(JSON.stringify(podSpec(workload, { image: "i", serviceAccountName: "a" }))).not.toContain(
      "subPath",
    );
    expect(inference()).toMatchObject({ volumes: [], metrics: { path: "/metrics" } });
    expect(inference().environment).not.toHaveProperty("API_KEYS_FILE");
  });

  it("gets the server's settings, and the times of its end, from one place each", () => {
    const service = { environment: { LOG_LEVEL: "debug", BATCH_ROWS: "8" } };
    expect(inference({ service }).environment).toEqual({
      BATCH_ROWS: "8",
      LOG_LEVEL: "debug",
      SHUTDOWN_DELAY_SECONDS: "5",
      SHUTDOWN_GRACE_SECONDS: "25",
    });
  });

  it("takes a Secret of somebody else's whole, but for what the image needs", () => {
    const workload = inference({ service: { existingSecret: { name: "team" } } });
    const pod = podSpec(workload, { image: "i", serviceAccountName: "a" });
    expect(pod).toHaveProperty("containers.0.envFrom", [{ secretRef: { name: "team" } }]);
    expect(workload.environment).toMatchObject({
      HOST: "0.0.0.0",
      PORT: "8000",
      ADMIN_PORT: "8002",
      MODEL_REPOSITORY: "/models",
    });
  });

  it("takes the keys of it that are named, beside the program's own Secret", () => {
    const service = { existingSecret: { name: "team", keys: { AWS_ACCESS_KEY_ID: "id" } } };
    const own = { TOKEN: { secret: "inference-environment", key: "TOKEN" } };
    const workload = inferenceWorkload(settingsSchema.parse({ cluster: "local", service }), own);
    expect(workload.secrets).toEqual({ ...own, AWS_ACCESS_KEY_ID: { secret: "team", key: "id" } });
    expect(workload).not.toHaveProperty("secretsInFull");
    expect(Object.keys(workload.environment)).toEqual(Object.keys(inference().environment));
  });

  it("gives pods the volumes of the settings beside its own, of Secrets and ConfigMaps to read alone", () => {
    const volumes = [
      { name: "ca", path: "/etc/ca", configMap: "company" },
      { name: "license", path: "/etc/license", secret: "license" },
      { name: "data", path: "/data", claim: "data" },
      { name: "scratch", path: "/scratch", emptyDir: { sizeLimit: "1Mi" } },
    ];
    const keys = [{ name: "shop", key: "secret" }];
    const pod = podSpec(inference({ service: { keys }, pods: { volumes } }), {
      image: "i",
      serviceAccountName: "a",
    });
    expect(pod).toMatchObject({
      volumes: [
        { name: "keys", secret: { secretName: "inference-keys" } },
        { name: "ca", configMap: { name: "company" } },
        { name: "license", secret: { secretName: "license" } },
        { name: "data", persistentVolumeClaim: { claimName: "data" } },
        { name: "scratch", emptyDir: { sizeLimit: "1Mi" } },
      ],
      containers: [
        {
          volumeMounts: [
            { mountPath: "/etc/keys", readOnly: true },
            { mountPath: "/etc/ca", readOnly: true },
            { mountPath: "/etc/license", readOnly: true },
            { mountPath: "/data", readOnly: false },
            { mountPath: "/scratch" },
          ],
        },
      ],
    });
  });

  it("computes on a GPU of its own where the settings give one, beside what else is tolerated", () => {
    const tolerations = [{ key: "team", operator: "Exists" }];
    const gpu = {
      cluster: "existing",
      registry: { address: "r.test" },
      resources: { gpu: 1 },
      pods: { tolerations },
    };
    const workload = inference(gpu);
    expect(workload.environment).toMatchObject({ EXECUTION_PROVIDER: "cuda" });
    const pod = podSpec(workload, { image: "i", serviceAccountName: "a" });
    expect(pod).toMatchObject({
      tolerations: [...tolerations, { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      containers: [{ resources: { limits: { "nvidia.com/gpu": "1", memory: "512Mi" } } }],
    });
    const chosen = inference({ ...gpu, service: { environment: { EXECUTION_PROVIDER: "auto" } } });
    expect(chosen.environment["EXECUTION_PROVIDER"]).toBe("auto");
    expect(JSON.stringify(podSpec(inference(), { image: "i", serviceAccountName: "a" }))).not.toContain(
      "gpu",
    );
  });

  it("has more time to end than the server takes to drain", () => {
    const workload = inference({ service: { shutdownDelaySeconds: 10, shutdownGraceSeconds: 60 } });
    const pod = podSpec(workload, { image: "i", serviceAccountName: "a" });
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(60);
  });

  it("has requests and limits, and runs as the image's user", () => {
    expect(inference()).toMatchObject({
      resources: {
        requests: { cpu: "250m", memory: "192Mi", ephemeralStorage: "64Mi" },
        limits: { cpu: "1", memory: "512Mi", ephemeralStorage: "256Mi" },
      },
      userId: 10001,
    });
  });

  it("scales by CPU, and by the requests in each pod where an adapter serves them", () => {
    const signal = [{ name: "inference_concurrency", perPod: 8 }];
    expect(inference().scaling).toEqual({
      min: 3,
      max: 10,
      cpuPercent: 200,
      metrics: signal,
      scaleDownSeconds: 300,
    });
    const metrics = (monitoring: object) => inference({ monitoring }).scaling.metrics;
    expect(metrics({ mode: "none" })).toEqual([]);
    const existing = { mode: "existing", prometheusNamespace: "obs" };
    expect(metrics(existing)).toEqual([]);
    expect(metrics({ ...existing, sharedAdapter: true })).toEqual(signal);
    expect(metrics({ ...existing, prometheusUrl: "http://p.svc:9090" })).toEqual(signal);
  });
});
