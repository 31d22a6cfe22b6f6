import { inferenceRules } from "./alerts/rule-groups.js";
import { inferenceDashboards } from "./dashboards/inference-dashboards.js";
import type { Watch } from "./service-watch.js";

/** What the inference service is watched by. */
export const inferenceWatch: Watch = { rules: inferenceRules, dashboards: inferenceDashboards };
