import { createRequire } from "node:module";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ENVIRONMENT } from "@ai-model-service/contract/environment";
import { MODEL_CACHE, MODEL_REPOSITORY, SERVICE_USER_ID } from "@ai-model-service/contract/image";
import { ADMIN_PORT, SERVICE_PORT } from "@ai-model-service/contract/http";

import { contentTag, IMAGE_INPUTS, inputFiles, NOT_INPUTS } from "#infra/image/inputs.js";
import { imageSchema } from "#infra/settings/image.js";
import { requireDigest } from "#infra/image/build.js";
import { variantArguments } from "#infra/image/service-image.js";

describe("the image's tag", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "image-"));
    mkdirSync(join(root, "service/node_modules"), { recursive: true });
    writeFileSync(join(root, "package.json"), "{}");
    writeFileSync(join(root, "service/main.ts"), "serve()");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const tag = (...others: string[]) =>
    contentTag(root, inputFiles(root, ["package.json", "service"]), ...others);

  it("is the same for the same files", () => {
    expect(tag()).toBe(tag());
    expect(tag()).toMatch(/^content-[0-9a-f]{16}$/);
  });

  it("changes with a file's content, with its name and with what is built besides", () => {
    const tags = new Set([tag(), tag("linux/arm64")]);
    writeFileSync(join(root, "service/main.ts"), "serve() ");
    tags.add(tag());
    writeFileSync(join(root, "service/other.ts"), "");
    tags.add(tag());
    expect(tags.size).toBe(4);
  });

  it("does not change with what the image is not made from", () => {
    const before = tag();
    writeFileSync(join(root, "service/node_modules/package.js"), "");
    writeFileSync(join(root, "README.md"), "");
    expect(tag()).toBe(before);
  });
});

describe("the image's build context", () => {
  const ignore = readFileSync(".dockerignore", "utf8").split("\n");

  it("is everything that the tag follows from, and nothing else", () => {
    const rules = ignore.filter((line) => line !== "" && !line.startsWith("#"));
    expect(rules).toEqual([
      "*",
      ...IMAGE_INPUTS.map((input) => `!${input}`),
      ...[...NOT_INPUTS].map((name) => `**/${name}`),
    ]);
  });
});

describe("the Dockerfile", () => {
  const dockerfile = readFileSync("service/Dockerfile", "utf8");

  it("agrees with the contract", () => {
    expect(dockerfile).toContain(`${ENVIRONMENT.port}=${SERVICE_PORT} `);
    expect(dockerfile).toContain(`EXPOSE ${SERVICE_PORT} ${ADMIN_PORT}\n`);
    expect(dockerfile).toContain(`${ENVIRONMENT.adminPort}=${ADMIN_PORT} `);
    expect(dockerfile).toContain(`${ENVIRONMENT.modelRepository}=${MODEL_REPOSITORY}\n`);
    expect(dockerfile).toContain(`${ENVIRONMENT.modelCache}=${MODEL_CACHE} `);
    expect(dockerfile).toContain(`-o ${SERVICE_USER_ID} -g ${SERVICE_USER_ID} ${MODEL_CACHE}\n`);
    expect(dockerfile).toContain(`COPY --from=bundle /app/service/models ${MODEL_REPOSITORY}\n`);
    expect(dockerfile).toContain(`USER ${SERVICE_USER_ID}:${SERVICE_USER_ID}\n`);
  });

  it("runs as no user that a node has", () => {
    expect(SERVICE_USER_ID).toBeGreaterThan(10_000);
  });

  it("copies nothing with the mode that a checkout gave it into what runs", () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    expect(last.match(/^COPY (?!--from=)/gm)).toBeNull();
    const copied = [...last.matchAll(/^COPY --from=bundle \/app\/(\S+)/gm)].map(([, path = ""]) => path);
    const [, opened = ""] = /chmod -R u=rwX,go=rX (.+)/.exec(dockerfile) ?? [];
    expect(opened.split(" ").sort()).toEqual(copied.sort());
  });

  it("takes its base from the settings alone", () => {
    expect(dockerfile).toContain(`ARG BASE=${imageSchema.parse({}).base}\n`);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases)).toEqual(new Set(["${BASE}", "packages", "${CUDA_BASE}", "${VARIANT}"]));
    expect(dockerfile).toContain("ARG VARIANT=cpu\nARG CUDA_BASE=${BASE}\n");
  });

  it("is told of a GPU alone where there is one", () => {
    const image = imageSchema.parse({});
    expect(variantArguments(image, { gpu: 0 })).toEqual({});
    const variant = variantArguments(image, { gpu: 1 });
    expect(variant).toEqual({ VARIANT: "cuda", CUDA_BASE: image.cudaBase });
    for (const name of Object.keys(variant)) {
      expect(dockerfile).toContain(`ARG ${name}=`);
    }
    expect(dockerfile).toMatch(/^FROM \S+ AS cuda$/m);
  });

  it("fetches the runtime's provider for CUDA as its package would, from where that has it", () => {
    const metadata = createRequire(import.meta.url)("onnxruntime-node/script/install-metadata.js") as {
      requirements: Record<string, string[]>;
    };
    const [, manifest = ""] = /ONNXRUNTIME_NODE_INSTALL=(\w+) node (\S+)/.exec(dockerfile) ?? [];
    expect(metadata.requirements["linux/x64"]).toContain(manifest);
    expect(existsSync(/ node (node_modules\/onnxruntime-node\/\S+)/.exec(dockerfile)?.[1] ?? "")).toBe(true);
  });
});

describe("an image reference", () => {
  it("is let through with a digest alone", () => {
    const reference = `registry.test/service@sha256:${"0".repeat(64)}`;
    expect(requireDigest(reference)).toBe(reference);
    expect(() => requireDigest("registry.test/service:latest")).toThrow("has no @sha256: digest.");
  });
});
