import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { notesOf } from "../../delivery/notes.js";

const files = "https://github.test/o/r/blob/v1.0.0";

function notes(changelog: string, version = "1.0.0"): string {
  return notesOf(changelog, { version, files });
}

describe("the notes of a release", () => {
  it("are the version's section, without its heading and its neighbours", () => {
    const changelog =
      "# Changelog\n\n## Unreleased\n\n- c\n\n## 1.0.0\n\n### Added\n\n- b\n\n## 0.9.0\n\n- a\n";
    expect(notes(changelog)).toBe("### Added\n\n- b\n");
    expect(notes(changelog, "0.9.0")).toBe("- a\n");
  });

  it.each(["## [1.0.0] - 2026-01-02", "## v1.0.0", "## [1.0.0](https://github.test/x)", "## 1.0.0 (yanked)"])(
    "are found under %s",
    (heading) => {
      expect(notes(`${heading}\n\n- b\n`)).toBe("- b\n");
    },
  );

  it("are not those of a version that begins alike", () => {
    const changelog = "## 1.0.0-rc.1\n\n- candidate\n\n## 11.0.0\n\n- much later\n\n## 1.0.01\n\n- odd\n";
    expect(() => notes(changelog)).toThrow('CHANGELOG.md has no section "## 1.0.0".');
    expect(notes(changelog, "1.0.0-rc.1")).toBe("- candidate\n");
  });

  it("do not end at what looks like a heading in a sample", () => {
    const sample = "- b\n\n```md\n## 0.9.0\n~~~\n```\n\n- c\n";
    expect(notes(`## 1.0.0\n\n${sample}\n## 0.9.0\n\n- a\n`)).toBe(sample);
  });

  it("lead to the files of the release, and leave other links alone", () => {
    const links =
      "- [a](docs/api.md#x), [b](./README.md), [c](https://x.test/), [d](#added), [e](mailto:a@b.c)";
    expect(notes(`## 1.0.0\n\n${links}\n`)).toBe(
      `- [a](${files}/docs/api.md#x), [b](${files}/README.md), [c](https://x.test/), [d](#added), [e](mailto:a@b.c)\n`,
    );
  });

  it("have an entry on one line, and code as it is", () => {
    const entry = "- one\n  two\n  - three\n    four\n\n  ```sh\n  a [b](c)\n    d\n  ```\n";
    expect(notes(`## 1.0.0\n\n${entry}`)).toBe(
      "- one two\n  - three four\n\n  ```sh\n  a [b](c)\n    d\n  ```\n",
    );
  });

  it("read files with the line ends of Windows", () => {
    expect(notes("## 1.0.0\r\n\r\n- b\r\n\r\n## 0.9.0\r\n")).toBe("- b\n");
  });

  it("are not empty", () => {
    expect(() => notes("## 1.0.0\n\n### Added\n\n## 0.9.0\n\n- a\n")).toThrow(
      'CHANGELOG.md says nothing under "## 1.0.0".',
    );
  });
});

describe("npm run release-notes", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

  function run(...args: string[]) {
    const env = { ...process.env, GITHUB_REPOSITORY: "o/r" };
    const command = ["--import", "tsx", "delivery/release-notes.ts", ...args];
    return spawnSync(process.execPath, command, { encoding: "utf8", env });
  }

  it("prints the present version's", () => {
    const { stdout, status } = run(`v${version}`);
    expect(stdout).toMatch(/^[-#]/);
    expect(status).toBe(0);
  });

  it("refuses a tag of another version", () => {
    const { stdout, stderr, status } = run("v99.0.0");
    expect(stderr).toBe(`The tag v99.0.0 is not v${version}, the version in package.json.\n`);
    expect([stdout, status]).toEqual(["", 1]);
  });
});
