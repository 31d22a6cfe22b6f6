import { describe, expect, it } from "vitest";

import { parseSettings } from "#infra/settings/settings.js";

const CLUSTERS = {
  local: {},
  existing: { registry: { address: "registry.test" } },
  eks: { eks: { region: "eu-central-1", apiAccess: "nobody" } },
};

function faults(cluster: keyof typeof CLUSTERS, models: object, more: object = {}): string[] {
  const settings = Object.entries({ cluster, ...CLUSTERS[cluster], models, ...more });
  const record = settings.map(([key, value]) => [
    `ai-model-service:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    parseSettings(Object.fromEntries(record) as Record<string, string>);
    return [];
  } catch (error) {
    return String(error).split("\n  ai-model-service:").slice(1);
  }
}

const image = { reference: `registry.test/service@sha256:${"1".repeat(64)}` };

describe("where models come from", () => {
  it.each<[keyof typeof CLUSTERS, object]>([
    ["local", {}],
    ["local", { folder: "models" }],
    ["local", { volume: { size: "5Gi" } }],
    ["existing", { volume: { claim: "models", readOnly: true } }],
    ["existing", { bucket: { name: "models", endpoint: "http://minio.store:9000" } }],
    ["existing", { bucket: { name: "models", region: "eu-central-1", prefix: "team/a" } }],
    ["eks", { bucket: { name: "models" } }],
    ["eks", { bucket: { create: true, deleteModels: true } }],
    ["eks", { volume: { size: "5Gi", storageClass: "efs" } }],
    ["eks", { volume: { size: "5Gi", accessMode: "ReadWriteOnce" } }],
  ])("may on %s be %j", (cluster, models) => {
    expect(faults(cluster, models)).toEqual([]);
  });

  it.each<[keyof typeof CLUSTERS, object, string]>([
    ["local", { folder: "models", volume: { size: "5Gi" } }, "models.volume must not be set where models"],
    ["local", { folder: "" }, "models.folder must be at least 1"],
    ["local", { volume: {} }, "models.volume.claim must be set, or models.volume.size"],
    ["local", { volume: { claim: "a", size: "5Gi" } }, "models.volume.claim must be set, or"],
    ["local", { volume: { claim: "a", storageClass: "b" } }, "models.volume.storageClass applies only"],
    ["local", { volume: { size: "much" } }, "models.volume.size must be a quantity of bytes"],
    ["local", { bucket: { create: true } }, "models.bucket.create applies only where cluster is eks"],
    ["local", { bucket: { name: "models" } }, "models.bucket.region must be set for a bucket of AWS"],
    ["eks", { bucket: {} }, "models.bucket.name must be set, or models.bucket.create"],
    ["eks", { bucket: { name: "models", create: true } }, "models.bucket.name must be set, or"],
    ["eks", { bucket: { create: true, region: "eu-west-1" } }, "models.bucket.create makes a bucket of AWS"],
    ["eks", { bucket: { name: "models", deleteModels: true } }, "models.bucket.deleteModels applies only"],
    ["eks", { bucket: { name: "models", prefix: "/a/" } }, "models.bucket.prefix must be names"],
    ["eks", { bucket: { name: "s3://models" } }, "models.bucket.name must be the name of a bucket"],
    [
      "eks",
      { bucket: { name: "models", endpoint: "minio:9000" } },
      "models.bucket.endpoint must be an address",
    ],
    ["eks", { volume: { size: "5Gi" } }, "models.volume.storageClass must name a class of volumes"],
  ])("may not on %s be %j", (cluster, models, fault) => {
    const [found, ...others] = faults(cluster, models);
    expect(found).toContain(fault);
    expect(others).toEqual([]);
  });

  it("needs a registry for the image of a folder, whatever the service's image is", () => {
    const prebuilt = { image, registry: {} };
    expect(faults("existing", {}, prebuilt)).toEqual([]);
    expect(faults("existing", { folder: "models" }, prebuilt)[0]).toContain(
      "registry.address must be set for an existing cluster with models.folder",
    );
    expect(faults("local", { folder: "models" }, { image: { ...image, base: "node:22-slim" } })).toEqual([]);
  });

  it("is nothing that the server's variables could say otherwise", () => {
    const service = { environment: { MODEL_CACHE: "/elsewhere" } };
    expect(faults("local", {}, { service })[0]).toContain("MODEL_CACHE is set by the program");
  });
});
