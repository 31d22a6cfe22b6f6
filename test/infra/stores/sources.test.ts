import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { find, outliving } from "../support/graph.js";
import { DIGEST, type Run, runProgram } from "../support/program.js";
import { PREBUILT, STACKS } from "../support/stacks.js";

function onExisting(models: object, more: object = {}): Promise<Run> {
  return runProgram({ ...STACKS.existing(), monitoring: { mode: "none" }, models, ...more });
}

function onEks(models: object, more: object = {}): Promise<Run> {
  return runProgram({ ...STACKS.bucket(), models, ...more });
}

interface Pod {
  initContainers?: { image: string }[];
  containers: { env: { name: string; value: unknown }[]; resources: object; volumeMounts: object[] }[];
  volumes: object[];
}

function podOf(run: Run): Pod {
  const { spec } = find(run, "Deployment", "inference").inputs as { spec: { template: { spec: Pod } } };
  return spec.template.spec;
}

function variablesOf(run: Run): Record<string, unknown> {
  return Object.fromEntries(podOf(run).containers[0]?.env.map(({ name, value }) => [name, value]) ?? []);
}

/** A folder of models of a person, outside of the repository. */
function models(): string {
  const root = mkdtempSync(join(tmpdir(), "models-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const file = join(root, "digits/1/model.onnx");
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync("service/models/mnist/1/model.onnx", file);
  return root;
}

describe("a folder of models", () => {
  it("becomes an image of its own, from which a pod copies it", async () => {
    const run = await onExisting({ folder: models() });
    const image = `registry.test/team/ai-model-service-models@${DIGEST}`;
    expect(run.outputs["models"]).toBe(image);
    const pod = podOf(run);
    expect(pod.initContainers).toMatchObject([{ image, command: ["cp", "-r", "/models/.", "/copy"] }]);
    expect(pod.containers[0]?.volumeMounts).toEqual([
      { name: "models", mountPath: "/models", readOnly: true },
    ]);
    // 407,665 bytes of a model, and what files take more.
    expect(pod.volumes).toEqual([{ name: "models", emptyDir: { sizeLimit: "17Mi" } }]);
    expect(pod.containers[0]?.resources).toMatchObject({
      requests: { "ephemeral-storage": "81Mi" },
      limits: { "ephemeral-storage": "273Mi" },
    });
    const [models_, service] = ["models", "service"].map((name) => find(run, "Image", name).inputs);
    expect(models_).toHaveProperty("build.args", { BASE: "node:24-bookworm-slim" });
    expect(models_).toHaveProperty("build.platform", "linux/amd64");
    expect(models_?.["imageName"]).toMatch(
      /^registry.test\/team\/ai-model-service-models:content-[0-9a-f]{16}$/,
    );
    expect(service?.["imageName"]).toMatch(/^registry.test\/team\/ai-model-service:content-/);
  });

  it("leaves the service's image as it is when a model changes", async () => {
    const folder = models();
    const before = await onExisting({ folder });
    copyFileSync("service/models/mnist/config.json", join(folder, "digits/config.json"));
    const after = await onExisting({ folder });
    const built = (run: Run, name: string) => find(run, "Image", name).inputs;
    expect(built(after, "service")).toEqual(built(before, "service"));
    expect(built(after, "models")["imageName"]).not.toEqual(built(before, "models")["imageName"]);
    expect(built(after, "models")).not.toHaveProperty("build.context", built(before, "models")["build"]);
  });

  it("has a repository of its own in ECR, and no other is made for a prebuilt image", async () => {
    const run = await onEks({ folder: models() }, { image: { reference: PREBUILT } });
    expect(run.only("Repository").name).toBe("ai-model-service-models");
    expect(run.only("Image").inputs["imageName"]).toMatch(/ai-model-service-models-0123456:content-/);
    expect(outliving(run, run.only("Image"))).toContain(run.only("LifecyclePolicy"));
  });

  it("is refused before anything is made", async () => {
    await expect(onExisting({ folder: "nowhere" })).rejects.toThrow(
      /models\.folder: .*nowhere does not exist/,
    );
  });
});

describe("a volume of models", () => {
  it("is claimed, and kept where the stack's data is protected", async () => {
    const run = await onEks({ volume: { size: "5Gi", storageClass: "efs" } });
    const claim = run.only("PersistentVolumeClaim");
    expect(claim.inputs).toMatchObject({
      metadata: { name: "models", namespace: "ai-model-service" },
      spec: {
        accessModes: ["ReadWriteMany"],
        resources: { requests: { storage: "5Gi" } },
        storageClassName: "efs",
      },
    });
    expect(claim.protect).toBe(true);
    expect(podOf(run)).toMatchObject({
      securityContext: { fsGroup: 10001, fsGroupChangePolicy: "OnRootMismatch" },
      volumes: [{ name: "models", persistentVolumeClaim: { claimName: "models" } }],
      containers: [{ volumeMounts: [{ name: "models", mountPath: "/models", readOnly: false }] }],
    });
    expect(podOf(run)).not.toHaveProperty("affinity");
  });

  it("that one node alone can have keeps all replicas there", async () => {
    const run = await onExisting({ volume: { size: "5Gi", accessMode: "ReadWriteOnce" } });
    expect(run.only("PersistentVolumeClaim").inputs).toHaveProperty("spec.accessModes", ["ReadWriteOnce"]);
    expect(podOf(run)).toHaveProperty("affinity.podAffinity");
  });

  it("that is there is left alone", async () => {
    const run = await onExisting({ volume: { claim: "theirs", readOnly: true } });
    expect(run.resources.map(({ type }) => type)).not.toContain("kubernetes:core/v1:PersistentVolumeClaim");
    expect(podOf(run)).toMatchObject({
      volumes: [{ persistentVolumeClaim: { claimName: "theirs" } }],
      containers: [{ volumeMounts: [{ mountPath: "/models", readOnly: true }] }],
    });
  });
});

describe("a bucket of models", () => {
  const minio = { name: "models", prefix: "team/a", endpoint: "http://minio.store:9000" };

  it("of any store is fetched into a cache of the pod", async () => {
    const run = await onExisting({ bucket: { ...minio, cacheSize: "1Gi" } });
    expect(run.outputs["models"]).toBe("s3://models/team/a");
    expect(variablesOf(run)).toMatchObject({
      MODEL_REPOSITORY: "s3://models/team/a",
      MODEL_CACHE: "/cache",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_S3: "http://minio.store:9000",
    });
    expect(podOf(run)).toMatchObject({
      volumes: [{ name: "cache", emptyDir: { sizeLimit: "1Gi" } }],
      containers: [
        {
          resources: { limits: { "ephemeral-storage": "1280Mi" } },
          volumeMounts: [{ name: "cache", mountPath: "/cache" }],
        },
      ],
    });
  });

  it.each([
    [{ endpoint: "http://minio.store:9000" }, 9000],
    [{ endpoint: "https://minio.store" }, 443],
    [{ endpoint: "http://minio.store" }, 80],
    [{ region: "eu-west-1" }, 443],
  ])("with %j is reached on port %i, and on no other", async (where, port) => {
    const run = await onExisting({ bucket: { name: "models", ...where } });
    expect(run.only("NetworkPolicy").inputs).toHaveProperty("spec.egress", [
      {
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
          { protocol: "TCP", port },
        ],
      },
    ]);
  });

  it("of another store than AWS's is no matter of eks", async () => {
    const run = await onEks({ bucket: minio });
    expect(run.resources.filter(({ name }) => name === "models")).toEqual([]);
    expect(run.only("NetworkPolicy").inputs).toHaveProperty("spec.egress.length", 1);
  });
});

describe("a bucket of models on eks", () => {
  interface Statement {
    Effect: string;
    Action: string | string[];
    Resource: string | string[];
    Condition?: object;
  }

  function rightsIn(run: Run): Statement[] {
    const { policy } = find(run, "RolePolicy", "models").inputs;
    return (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement;
  }

  it("is made encrypted, versioned, closed to the public and to plain HTTP, and kept", async () => {
    const run = await onEks({ bucket: { create: true } });
    expect(run.only("Bucket")).toMatchObject({ protect: true, inputs: { forceDestroy: false } });
    expect(find(run, "Key", "models")).toMatchObject({ protect: true, inputs: { enableKeyRotation: true } });
    expect(run.only("BucketServerSideEncryptionConfiguration").inputs["rules"]).toMatchObject([
      { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true },
    ]);
    expect(run.only("BucketVersioning").inputs).toHaveProperty("versioningConfiguration.status", "Enabled");
    const closed = run.only("BucketPublicAccessBlock").inputs;
    expect(Object.values(closed).filter((value) => value === true)).toHaveLength(4);
    expect(String(run.only("BucketPolicy").inputs["policy"])).toContain('"aws:SecureTransport":"false"');
    const { eks } = STACKS.bucket();
    const unprotected = await onEks({ bucket: { create: true } }, { eks: { ...eks, protect: false } });
    expect(unprotected.only("Bucket").protect).toBe(false);
  });

  it("is read below its prefix, and written where it says what serves", async () => {
    const run = await onEks({ bucket: { create: true, prefix: "team/a" } });
    const bucket = "arn:aws:s3:::ai-model-service-models-id";
    const own = `${bucket}/team/a`;
    expect(rightsIn(run)).toEqual([
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { StringLike: { "s3:prefix": ["team/a", "team/a/*"] } },
      },
      { Effect: "Allow", Action: "s3:GetObject", Resource: `${own}/*` },
      {
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [
          `${own}/*/config.json`,
          `${own}/*/.events/*`,
          `${own}/*/.promotion.json`,
          `${own}/*/.replicas/*`,
        ],
      },
      { Effect: "Allow", Action: "s3:DeleteObject", Resource: `${own}/*/.replicas/*` },
      { Effect: "Deny", Action: "s3:PutObject", Resource: `${own}/*/*/config.json` },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: expect.stringContaining("models") as string,
      },
    ]);
  });

  it("gives its right to the service's pods alone, before there are any", async () => {
    const run = await onEks({ bucket: { name: "theirs", prefix: "a" } });
    expect(run.resources.filter(({ type }) => type.startsWith("aws:s3/"))).toEqual([]);
    expect(JSON.stringify(rightsIn(run))).toContain("arn:aws:s3:::theirs/a/*");
    expect(JSON.stringify(rightsIn(run))).not.toContain("kms:");
    const association = run.only("PodIdentityAssociation");
    expect(association.inputs).toMatchObject({ namespace: "ai-model-service", serviceAccount: "inference" });
    expect(find(run, "ServiceAccount", "inference").inputs).toMatchObject({
      metadata: { name: "inference" },
    });
    expect(String(find(run, "Role", "models").inputs["assumeRolePolicy"])).toContain(
      '"aws:RequestTag/kubernetes-service-account":"inference"',
    );
    const before = outliving(run, find(run, "Deployment", "inference"));
    expect(before).toContain(association);
    expect(before).toContain(find(run, "RolePolicy", "models"));
    expect(variablesOf(run)).toMatchObject({ MODEL_REPOSITORY: "s3://theirs/a", AWS_REGION: "eu-central-1" });
    expect(run.only("NetworkPolicy").inputs).toHaveProperty("spec.egress.1", {
      to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
      ports: [{ protocol: "TCP", port: 80 }],
    });
  });
});
