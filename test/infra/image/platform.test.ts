import { describe, expect, it } from "vitest";

import { imagePlatform, nodeArchitectures } from "#infra/image/platform.js";
import { imageSchema } from "#infra/settings/image.js";
import type { Settings } from "#infra/settings/settings.js";

describe("the image's platform", () => {
  it("is this machine's for a cluster on it", () => {
    expect(imagePlatform("local", {}, "arm64")).toBe("linux/arm64");
    expect(imagePlatform("local", {}, "x64")).toBe("linux/amd64");
  });

  it("does not depend on the machine for other clusters", () => {
    expect(imagePlatform("eks", {}, "arm64")).toBe("linux/amd64");
  });

  it("is what the settings say", () => {
    expect(imagePlatform("local", { platform: "linux/amd64" }, "arm64")).toBe("linux/amd64");
  });
});

describe("the nodes that run the image", () => {
  const reference = `registry.test/service@sha256:${"0".repeat(64)}`;

  it.each<[Settings["cluster"], object, string[] | "any"]>([
    ["existing", {}, ["amd64"]],
    ["eks", { platform: "linux/arm64" }, ["arm64"]],
    ["eks", { platform: ["linux/arm64"] }, ["arm64"]],
    ["existing", { reference, platform: "linux/arm64" }, ["arm64"]],
    ["existing", { reference, platform: ["linux/amd64", "linux/arm64"] }, ["amd64", "arm64"]],
    ["eks", { reference }, "any"],
    ["local", { platform: "linux/arm64" }, "any"],
  ])("of %s with %j are %s", (cluster, image, architectures) => {
    expect(nodeArchitectures({ cluster, image: imageSchema.parse(image) })).toEqual(architectures);
  });

  it.each([
    [{ platform: ["linux/amd64", "linux/arm64"] }, /one platform where the program builds the image/],
    [{ reference, platform: [] }, /linux\/amd64, linux\/arm64, or a list of both/],
    [{ platform: "linux/s390x" }, /linux\/amd64, linux\/arm64, or a list of both/],
  ])("are of no platforms such as %j", (image, fault) => {
    expect(imageSchema.safeParse(image).error?.issues[0]?.message).toMatch(fault);
  });
});
