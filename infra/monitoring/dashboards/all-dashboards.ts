import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Objectives } from "../alerts/rule-groups.js";
import { dashboardNames } from "./links.js";
import { models } from "./models.js";
import { overview } from "./overview.js";

/** Every dashboard, as Grafana imports it. An owner tells them from those of others in a Grafana that is shared. */
export function dashboards(objectives: Objectives, owner?: string): Dashboard[] {
  const names = dashboardNames(owner);
  return [overview(objectives, names).build(), models(names).build()];
}
