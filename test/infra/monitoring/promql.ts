import { parser } from "@prometheus-io/lezer-promql";
import type { RuleGroup } from "#infra/monitoring/alerts/rule-group.js";
import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

/** Stands for Grafana's and prometheus-adapter's template fields, so that an expression is plain PromQL. */
const TEMPLATE_FIELDS: Readonly<Record<string, string>> = {
  $__rate_interval: "1m",
  $__range: "1h",
  $recent: "1h",
  $reference: "1d",
  "<<.LabelMatchers>>": 'pod="a"',
  "<<.GroupBy>>": "pod",
};

/** Puts values in place of template fields; those in `values` come first. */
export function fill(expr: string, values: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...TEMPLATE_FIELDS, ...values }).reduce(
    (text, [field, value]) => text.replaceAll(field, value),
    expr,
  );
}

/** Names of the metrics that a PromQL expression selects. Throws where it is not PromQL. */
export function metricNames(expr: string): Set<string> {
  const names = new Set<string>();
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) {
        throw new SyntaxError(`This is not PromQL at ${node.from}: ${expr}`);
      }
      if (node.name === "VectorSelector" && node.node.firstChild?.name === "Identifier") {
        names.add(expr.slice(node.node.firstChild.from, node.node.firstChild.to));
      }
      const byName = /^__name__\s*=\s*"([^"]*)"$/.exec(text);
      if (node.name === "UnquotedLabelMatcher" && byName?.[1] !== undefined) {
        names.add(byName[1]);
      }
    },
  });
  return names;
}

/** The expressions of every rule, by the alert's or the recorded series' name. */
export function ruleExpressions(groups: readonly RuleGroup[]): { name: string; expr: string }[] {
  return groups
    .flatMap((group) => group.rules)
    .map((rule) => ({ name: "alert" in rule ? rule.alert : rule.record, expr: rule.expr }));
}

/** The queries of every panel of a dashboard. */
export function panelQueries(dashboard: Dashboard): { title: string; expr: string }[] {
  return (dashboard.panels ?? []).flatMap((panel) =>
    ("targets" in panel ? (panel.targets ?? []) : []).map((target) => ({
      title: `${dashboard.title}: ${panel.title}`,
      expr: "expr" in target ? String(target.expr) : "",
    })),
  );
}
