import { describe, expect, it } from "vitest";

import { type Job, type Step, workflowFiles } from "./workflow-files.js";

const files = workflowFiles();

/** A job of a workflow. */
function jobOf(workflow: string, name: string): Job {
  const file = files.find(({ path }) => path.endsWith(`/${workflow}.yml`));
  const [, job] = file?.jobs.find(([key]) => key === name) ?? [];
  if (job === undefined) {
    throw new Error(`${workflow}.yml has no job ${name}`);
  }
  return job;
}

/** Where the first step is that uses or runs something. */
function placeOf({ steps = [] }: Job, what: string): number {
  const named = ({ uses = "", run = "" }: Step) => uses.includes(what) || run.includes(what);
  const at = steps.findIndex(named);
  expect(at, what).not.toBe(-1);
  return at;
}

describe("an image", () => {
  const build = jobOf("image", "build");
  const publish = jobOf("image", "publish");

  it("is built for each platform on a machine of its kind, with SBOM and provenance", () => {
    const platforms = build.strategy?.matrix?.include?.map(({ platform, runner }) => [
      platform,
      runner?.endsWith("-arm"),
    ]);
    expect(platforms).toEqual([
      ["amd64", false],
      ["arm64", true],
    ]);
    const { with: how } = build.steps?.[placeOf(build, "docker/build-push-action")] ?? {};
    expect(how).toMatchObject({ sbom: true, provenance: "mode=max" });
  });

  it("has no name before it has predicted and passed the scan", () => {
    const at = placeOf(build, "docker/build-push-action");
    const how = build.steps?.[at]?.with ?? {};
    expect(how["outputs"]).toContain("push-by-digest=true");
    expect(how["tags"]).toBeUndefined();
    expect(placeOf(build, "predict-with-image")).toBeGreaterThan(at);
    expect(placeOf(build, "anchore/scan-action")).toBeGreaterThan(at);
    expect(publish.needs).toBe("build");
    expect(placeOf(publish, "cosign sign")).toBeGreaterThan(placeOf(publish, "--tag"));
  });

  it("is scanned by the same policy when it is published and every night", () => {
    const policies = [build, jobOf("nightly", "scan")].map((job) => {
      const { image, ...policy } = job.steps?.[placeOf(job, "anchore/scan-action")]?.with ?? {};
      expect(image).toContain("${{");
      return policy;
    });
    const policy = { "severity-cutoff": "high", "only-fixed": true, "output-format": "table" };
    expect(policies).toEqual([policy, policy]);
  });
});

describe("a deployment", () => {
  it("is shown, approved by the environment of the stack, and never cut off", () => {
    const preview = jobOf("deploy", "preview");
    const up = jobOf("deploy", "up");
    expect(placeOf(preview, "--preview")).toBeGreaterThan(placeOf(preview, "cosign verify"));
    expect(up).toMatchObject({
      needs: "preview",
      environment: "${{ inputs.stack }}",
      concurrency: { "cancel-in-progress": false },
    });
    placeOf(up, "npm run --silent deploy -- ");
  });

  it("follows a release, which follows the image", () => {
    expect(jobOf("release", "image").needs).toBe("check");
    expect(jobOf("release", "release").needs).toBe("image");
    expect(jobOf("release", "deploy").needs).toEqual(["image", "release"]);
  });

  it("is held against what runs, from the commit that it was made from", () => {
    const drift = jobOf("nightly", "drift");
    const again = drift.steps?.findIndex((step) => step.with?.["ref"] === "${{ steps.last.outputs.commit }}");
    expect(again).toBeGreaterThan(placeOf(drift, "npm run --silent revision"));
    expect(placeOf(drift, "npm run --silent drift")).toBeGreaterThan(again ?? Infinity);
  });
});
