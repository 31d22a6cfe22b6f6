/**
 * Annotations of pods without which the autoscaler sees nothing: no node is emptied to save its cost while they are on it. Nodes
 * are still renewed, and drained by hand. The first is for Karpenter and EKS Auto Mode, the other for the cluster autoscaler.
 */
export const KEPT_WHERE_IT_IS = {
  "karpenter.sh/do-not-disrupt": "true",
  "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
} as const;
