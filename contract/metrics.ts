/**
 * Names of the metrics that the service emits and that dashboards, alerts and autoscaling query.
 * Durations are seconds, sizes bytes; histograms also have `_bucket`, `_sum` and `_count` series.
 */
export const METRICS = {
  /** Histogram{method, route, code}: from the request's first byte to the response's last. */
  httpRequestDuration: "http_request_duration_seconds",
  /** Gauge: requests that have begun and not ended. */
  httpRequestsInFlight: "http_requests_in_flight",
  /** Gauge: bytes that all requests together hold of bodies, tensors and answers. */
  httpBytesInFlight: "http_bytes_in_flight",
  /** Counter: lines that could not be written to the log. */
  logLinesDropped: "log_lines_dropped_total",
  /** Counter{key, code}: requests that carried a known API key, by the key's name and the status of the answer. */
  apiKeyRequests: "api_key_requests_total",
  /** Counter{model, version, outcome}: inference requests by outcome: success, client_error, server_error, rejected, deadline, cancelled. */
  inferenceRequests: "inference_requests_total",
  /** Histogram{model, version}: waiting plus computing, per request. */
  inferenceDuration: "inference_request_duration_seconds",
  /** Histogram{model, version}: from admission until its batch runs. */
  inferenceQueueDuration: "inference_queue_duration_seconds",
  /** Histogram{model, version}: one run of the model, per batch. */
  inferenceComputeDuration: "inference_compute_duration_seconds",
  /** Histogram{model, version}: rows per executed batch. */
  inferenceBatchRows: "inference_batch_rows",
  /** Counter{model, version, reason}: executed batches by why each was closed: full, delay, idle, shape, drain. */
  inferenceBatches: "inference_batches_total",
  /** Gauge{model, version}: rows waiting for a batch. */
  inferenceQueueRows: "inference_queue_rows",
  /** Gauge, one series a process: the fullest model's (waiting + running rows) / capacity, 0 to 1. The autoscaling signal. */
  inferenceSaturation: "inference_saturation_ratio",
  /** Gauge, one series a process: inference requests that are waiting or running. */
  inferenceRequestsPending: "inference_requests_pending",
  /** Counter{model, reason}: requests refused at admission: queue_full, deadline, not_ready, draining. */
  inferenceRejections: "inference_rejections_total",
  /** Counter{model, version, by}: requests that name no version, by what gave them to the one that answered: share, fallback. */
  trafficRequests: "inference_traffic_requests_total",
  /** Counter{model, version, reason}: requests that the stable version answered in the place of another, by that one's error code. */
  trafficFallbacks: "inference_traffic_fallbacks_total",
  /** Counter{model, version, outcome}: copies of requests for a shadow: compared, failed, dropped. */
  shadowCopies: "inference_shadow_copies_total",
  /** Histogram{model, version}: computing of a copy. */
  shadowDuration: "inference_shadow_duration_seconds",
  /** Counter{model, version}: rows of copies whose label was compared with the answer's. */
  shadowRows: "inference_shadow_rows_total",
  /** Counter{model, version}: those of them that got another label. */
  shadowFlippedRows: "inference_shadow_flipped_rows_total",
  /** Histogram{model, version}: mean absolute difference of a copy's outputs from the answer's. */
  shadowDifference: "inference_shadow_difference",
  /** Gauge{model, version}: the largest absolute difference of any value of an output. */
  shadowLargestDifference: "inference_shadow_largest_difference",
  /** Histogram{model, version}: Jensen-Shannon distance of a row's scores from the answer's, 0 to 1. */
  shadowDistance: "inference_shadow_distance",
  /** Gauge{model, version}: 1 while that version serves. */
  modelReady: "inference_model_ready",
  /** Gauge{model, version}: Unix time of the version's last successful load. */
  modelLoadTime: "inference_model_load_timestamp_seconds",
  /** Gauge{model, version}: seconds that loading and warming up took. */
  modelLoadDuration: "inference_model_load_duration_seconds",
  /** Counter{model, version}: loads that failed. */
  modelLoadFailures: "inference_model_load_failures_total",
  /** Gauge{model, version}: 1 while the newest attempt to load that version has failed. */
  modelLoadFailed: "inference_model_load_failed",
  /** Gauge{model, version}: 1 while the version runs on the CPU, though a GPU was asked for or is there. */
  modelOnCpu: "inference_model_gpu_fallback",
  /** Gauge: seconds since the model repository cannot be looked at; 0 while it can. */
  repositoryAway: "model_repository_away_seconds",
  /** Counter: looks at the model repository, and fetches of versions, that failed. */
  repositoryFailures: "model_repository_failures_total",
  /** Counter: bytes that were fetched of versions, when the model repository is a bucket. */
  repositoryFetchedBytes: "model_repository_fetched_bytes_total",
  /** Gauge{model, version}: resident memory that grew while the version was loaded. */
  modelMemory: "inference_model_memory_bytes",
  /** Histogram{model, version}: the highest probability of a prediction, 0 to 1. */
  predictionConfidence: "inference_prediction_confidence",
  /** Counter{model, version, label}: predictions by their most probable label. */
  predictions: "inference_predictions_total",
} as const;

/** Names of the metrics that the service emits beside those where it tells of predictions. */
export const EVENT_METRICS = {
  /** Counter{outcome}: answered requests that were to be told as events: sent, dropped, refused. */
  told: "inference_events_total",
  /** Gauge: answered requests whose events have not been taken yet. */
  waiting: "inference_events_waiting",
} as const;

/** Name of one of the service's metrics. */
export type MetricName = (typeof METRICS)[keyof typeof METRICS];

/**
 * Upper edges of the buckets of `httpRequestDuration`, seconds: from half a millisecond, a prediction on an idle
 * server, to the longest deadline that makes sense. A latency objective must be one of them.
 */
export const LATENCY_BUCKETS_SECONDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
] as const;

/** Values of the label `outcome` of `inferenceRequests`: how an inference request ended. */
export const OUTCOMES = [
  "success",
  "client_error",
  "server_error",
  "rejected",
  "deadline",
  "cancelled",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Values of the label `reason` of `inferenceRejections`: why a request was refused at admission. */
export const REJECTIONS = ["queue_full", "deadline", "not_ready", "draining"] as const;
export type Rejection = (typeof REJECTIONS)[number];

/** Values of the label `reason` of `inferenceBatches`: why a batch was closed. */
export const CLOSE_REASONS = ["full", "delay", "idle", "shape", "drain"] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** Upper edges of the buckets of inference durations, seconds: from a small model alone to a large one under load. */
export const INFERENCE_BUCKETS_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Upper edges of the buckets of `inferenceBatchRows`: powers of two, the sizes that people set as a batch's maximum. */
export const BATCH_ROWS_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;

/** Values of the label `by` of `trafficRequests`. */
export const ROUTES_TAKEN = ["share", "fallback"] as const;

/** Values of the label `outcome` of `shadowCopies`. */
export const COPY_OUTCOMES = ["compared", "failed", "dropped"] as const;

/** Upper edges of the buckets of `shadowDifference`: by tens, from what rounding does to nonsense. */
export const DIFFERENCE_BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000] as const;

/** Upper edges of the buckets of `shadowDistance`. */
export const DISTANCE_BUCKETS = [0.001, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1] as const;

/** Upper edges of the buckets of `predictionConfidence`, close together where classifiers differ. */
export const CONFIDENCE_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const;

/** Names of the metrics that the results service emits beside those of every server. */
export const RESULTS_METRICS = {
  /** Counter{source}: results that came, by how: api, events. */
  resultsReceived: "results_received_total",
  /** Counter: results that were written, each id once. */
  resultsStored: "results_stored_total",
  /** Counter{reason}: results that were deleted, because somebody asked for it or they were old: request, retention. */
  resultsDeleted: "results_deleted_total",
  /** Gauge: results and events that wait to be written. */
  resultsWaiting: "results_waiting",
  /** Histogram: one commit, from its first statement until it is on the disk. */
  resultsCommitDuration: "results_commit_duration_seconds",
} as const;

/** Names of the metrics that the training service emits beside those of every server. */
export const TRAINING_METRICS = {
  /** Gauge, by `state`. */
  jobs: "training_jobs",
  /** Gauge, seconds that the first job of the queue has waited. */
  queueSeconds: "training_queue_seconds",
  /** Gauge, clients that follow a job's events. */
  eventStreams: "training_event_streams",
} as const;
