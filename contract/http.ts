/** Names that the service answers under and that probes, load balancers, scrapes and clients rely on. */

/** TCP port that the service listens on inside its container. */
export const SERVICE_PORT = 8000;

/** TCP port that the training service listens on. */
export const TRAINING_PORT = 8010;

/** TCP port of administrators inside the container: load, unload, index, metrics. No load balancer leads to it. */
export const ADMIN_PORT = 8002;

/** TCP port that the results service listens on. */
export const RESULTS_PORT = 8020;

/** HTTP paths that the program writes into probes, monitors and examples. */
export const PATHS = {
  predict: "/predict",
  live: "/livez",
  ready: "/readyz",
  metrics: "/metrics",
} as const;

/** Paths of the pages that people look at. */
export const PAGES = {
  home: "/",
  docs: "/docs",
} as const;
