/** Which requests a promise is made for: see `monitoring.objectives`. */

/**
 * Routes whose requests count for objectives, autoscaling and the dashboards' figures of predictions, by their names in
 * metrics. Probes, scrapes and pages are on no such route.
 */
export const OBJECTIVE_ROUTES = ["/predict", "/v2/models/:model/infer", "/v1/models/:model:predict"] as const;

/** Name of a route whose requests count. */
export type ObjectiveRoute = (typeof OBJECTIVE_ROUTES)[number];
