/** Dashboards: panels that any service has, panels of inference alone, and the pages that are made of them. */

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Objectives } from "../alerts/service-alerts.js";
import { dashboardNames } from "./links.js";
import { models } from "./models.js";
import { overview } from "./overview.js";

/** The inference service's dashboards, as Grafana imports them. An owner tells them from those of others in a Grafana that is shared. */
export function inferenceDashboards(objectives: Objectives, owner?: string): Dashboard[] {
  const names = dashboardNames(owner);
  return [overview(objectives, names).build(), models(names).build()];
}
