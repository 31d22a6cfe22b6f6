import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RuleGroup } from "#infra/monitoring/alerts/rule-group.js";

export const promtoolIsThere = spawnSync("promtool", ["--version"]).status === 0;

/** A test of promtool; see "Unit testing for rules" in Prometheus's documentation. */
export interface RuleTest {
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    /** Labels of the alerts that fire then. */
    readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
  }[];
}

/** Runs `promtool test rules` over the groups. Throws promtool's report where a test fails. */
export function testRules(groups: readonly RuleGroup[], tests: readonly RuleTest[]): void {
  withFolder((folder) => {
    // JSON is YAML.
    writeFileSync(join(folder, "rules.yaml"), JSON.stringify({ groups }));
    writeFileSync(join(folder, "bare.yaml"), JSON.stringify({ groups: groups.map(withoutAnnotations) }));
    const test = { rule_files: ["bare.yaml"], evaluation_interval: "1m", tests: tests.map(everyMinute) };
    writeFileSync(join(folder, "test.yaml"), JSON.stringify(test));
    run(["check", "rules", "rules.yaml"], folder);
    run(["test", "rules", "test.yaml"], folder);
  });
}

/** promtool of some versions has no default for the time between two samples. */
function everyMinute(test: RuleTest) {
  return { interval: "1m", ...test };
}

/** promtool would compare the annotations word by word. */
function withoutAnnotations({ name, rules }: RuleGroup) {
  return { name, rules: rules.map((rule) => ({ ...rule, annotations: undefined })) };
}

function run(args: string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync("promtool", args, { cwd, encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`promtool ${args.join(" ")}:\n${stdout}${stderr}`);
  }
}

function withFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "rules-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
