import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { TESTED_LINES, untestedNode } from "#service/server/node-lines.js";

describe("the lines of Node.js that are tested", () => {
  it("are those of the workflow", () => {
    const { jobs } = parse(readFileSync(".github/workflows/ci.yml", "utf8")) as {
      jobs: { test: { strategy: { matrix: { node: number[] } } } };
    };
    expect(TESTED_LINES).toEqual(jobs.test.strategy.matrix.node.map(String));
  });

  it("are those of the README, with the oldest release of each, and the image runs on one", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
    const releases = engines.node.split(" || ").map((range) => range.replace("^", ""));
    const [, image = ""] = /node:(\d+)/.exec(readFileSync("service/Dockerfile", "utf8")) ?? [];
    const lines = new Intl.ListFormat("en", { type: "disjunction" }).format(releases).replace(", or", " or");
    const sentence = `You need Node.js ${lines}, or a newer release of one of these lines. The image runs on Node.js ${image}.`;
    expect(readFileSync("README.md", "utf8")).toContain(sentence);
    expect(TESTED_LINES).toContain(image);
  });

  it("are named where the service starts on another", () => {
    expect(untestedNode("21.7.3")).toBe(
      "the service is not tested on Node.js 21.7.3: the tested lines are 20, 22, 24, 26",
    );
    expect(untestedNode("2.0.0")).toBeDefined();
    for (const line of TESTED_LINES) {
      expect(untestedNode(`${line}.19.0`)).toBeUndefined();
    }
    expect(untestedNode(process.versions.node)).toBeUndefined();
  });
});
