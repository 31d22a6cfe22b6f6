import type { Workload } from "#infra/workload/workload.js";

/** A workload with nothing in common with the services that ship, so that no constant of theirs is taken for its own. */
export const JOBS: Workload = {
  name: "jobs",
  selector: { app: "jobs" },
  labels: { app: "jobs", team: "data" },
  architectures: "any",
  args: ["work"],
  ports: [
    { name: "api", container: 8010, service: 81 },
    { name: "admin", container: 9000, service: 9001 },
  ],
  callers: "api",
  administration: { port: "admin", scrapedFrom: "numbers" },
  serviceType: "ClusterIP",
  probes: { port: "admin", live: "/alive", ready: "/willing" },
  metrics: { path: "/numbers" },
  environment: { ZONE: "a", COLOUR: "blue" },
  secrets: { TOKEN: { secret: "jobs-token", key: "token" } },
  volumes: [
    { name: "scratch", path: "/scratch", source: { emptyDir: { sizeLimit: "1Gi" } } },
    { name: "data", path: "/data", readOnly: true, source: { claim: "jobs-data" } },
    { name: "keys", path: "/keys", source: { secret: "jobs-keys" } },
  ],
  resources: {
    requests: { cpu: "1", memory: "1Gi", ephemeralStorage: "2Gi" },
    limits: { cpu: "2", memory: "2Gi", ephemeralStorage: "3Gi" },
  },
  userId: 2000,
  scaling: { min: 1, max: 2, cpuPercent: 80, metrics: [{ name: "queued", perPod: 3 }], scaleDownSeconds: 60 },
  startSeconds: 100,
  shutdownSeconds: 40,
  egressPorts: [],
};
