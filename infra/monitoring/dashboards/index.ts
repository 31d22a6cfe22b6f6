import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Objectives } from "../alerts.js";
import { models } from "./models.js";
import { overview } from "./overview.js";

/** Every dashboard, as Grafana imports it. */
export function dashboards(objectives: Objectives): Dashboard[] {
  return [overview(objectives).build(), models().build()];
}
