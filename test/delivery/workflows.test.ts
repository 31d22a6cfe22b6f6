import { existsSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { workflowFiles } from "./workflow-files.js";

const files = workflowFiles();
const workflows = files.filter(({ path }) => path.includes("/workflows/"));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** Lines that use something, as `NAME@REF # COMMENT` or `./PATH`. */
function usedBy(text: string): string[] {
  return [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, used = ""]) => used);
}

describe.each(files)("$path", ({ text, steps }) => {
  it("names others' actions by commit, with the version that it is of", () => {
    const others = usedBy(text).filter((used) => !used.startsWith("./"));
    expect(others.filter((used) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))).toEqual(
      [],
    );
  });

  it("uses files of the repository that exist", () => {
    const own = usedBy(text).filter((used) => used.startsWith("./"));
    const paths = own.map((used) => (used.endsWith(".yml") ? used : `${used}/action.yml`));
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("leaves no credentials behind a checkout", () => {
    const checkouts = steps.filter(({ uses = "" }) => uses.startsWith("actions/checkout@"));
    expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
  });

  it("runs scripts of package.json that exist", () => {
    const called = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
    );
    expect(called.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("puts what others can choose into variables, never into the text of a script", () => {
    expect(steps.filter(({ run = "" }) => run.includes("${{"))).toEqual([]);
  });
});

describe.each(workflows)("$path", ({ permissions, jobs }) => {
  it("gives a permission to write to the job alone that needs it", () => {
    expect(permissions).toBeDefined();
    expect(Object.values(permissions ?? {}).filter((access) => access !== "read")).toEqual([]);
  });

  it("ends every job in time", () => {
    const own = jobs.filter(([, { uses }]) => uses === undefined);
    expect(own.filter(([, job]) => job["timeout-minutes"] === undefined)).toEqual([]);
  });
});

it("is of one version wherever an action is used", () => {
  const commits = new Map<string, Set<string>>();
  for (const used of files.flatMap(({ text }) => usedBy(text))) {
    const [name = "", reference] = used.split("@");
    if (reference !== undefined) {
      commits.set(name, (commits.get(name) ?? new Set()).add(reference));
    }
  }
  expect([...commits].filter(([, references]) => references.size > 1)).toEqual([]);
});
