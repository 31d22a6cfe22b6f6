/** Metrics of others that queries may name, and where each comes from. */
export const OTHERS: Readonly<Record<string, string>> = {
  up: "Prometheus, for every target",
  // https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
  kube_horizontalpodautoscaler_spec_max_replicas: "kube-state-metrics",
  kube_horizontalpodautoscaler_spec_min_replicas: "kube-state-metrics",
  kube_horizontalpodautoscaler_spec_target_metric: "kube-state-metrics",
  kube_horizontalpodautoscaler_status_condition: "kube-state-metrics",
  kube_horizontalpodautoscaler_status_current_replicas: "kube-state-metrics",
  kube_horizontalpodautoscaler_status_desired_replicas: "kube-state-metrics",
  kube_horizontalpodautoscaler_status_target_metric: "kube-state-metrics",
  kube_pod_container_resource_limits: "kube-state-metrics",
  kube_pod_container_status_restarts_total: "kube-state-metrics",
  // https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md
  container_cpu_cfs_periods_total: "cAdvisor in the kubelet",
  container_cpu_cfs_throttled_periods_total: "cAdvisor in the kubelet",
  container_cpu_usage_seconds_total: "cAdvisor in the kubelet",
  container_memory_working_set_bytes: "cAdvisor in the kubelet",
};
