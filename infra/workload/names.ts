/** Labels that select the model server's pods, and nothing else. */
export const SELECTOR = {
  "app.kubernetes.io/name": "ai-model-service",
  "app.kubernetes.io/component": "inference",
} as const;

/** Labels of everything that belongs to the model server. */
export const LABELS = { ...SELECTOR, "app.kubernetes.io/part-of": "ai-model-service" } as const;

/** Name of the port that the model server answers on, in its pods and its Service. */
export const PORT_NAME = "http";
