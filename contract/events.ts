/** CloudEvents that tell of predictions, in the types of KServe's inference logger: https://kserve.github.io/website/docs/model-serving/predictive-inference/logger/overview */

/** Types of events: what a model was asked, and what it answered. Both have the request's id. */
export const EVENT_TYPES = {
  request: "org.kubeflow.serving.inference.request",
  response: "org.kubeflow.serving.inference.response",
} as const;

/** Media type of several events in one body: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export const EVENT_BATCH = "application/cloudevents-batch+json";
