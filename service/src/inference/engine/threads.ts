import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** Reads a file, or gives undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

/** Where the process may run and how much of a CPU it gets. */
export interface CpuLimit {
  /** CPUs, as in 0.5 or 2; undefined when no quota is set. */
  readonly quota: number | undefined;
  readonly source: "cgroup v2" | "cgroup v1" | "none";
}

/**
 * The CPU quota of this process's control group: the smallest on the way from its group to the root.
 * Formats: https://docs.kernel.org/admin-guide/cgroup-v2.html (`cpu.max`: quota and period in microseconds, or `max`)
 * and https://docs.kernel.org/scheduler/sched-bwc.html (`cpu.cfs_quota_us`, -1 for none).
 */
export function cpuLimit(read: ReadText): CpuLimit {
  const groups = read("/proc/self/cgroup") ?? "";
  const unified = groupPath(groups, (controllers) => controllers === "");
  const quotaV2 = smallestQuota("/sys/fs/cgroup", unified, (folder) =>
    parseCpuMax(read(`${folder}/cpu.max`)),
  );
  if (quotaV2 !== undefined) {
    return { quota: quotaV2, source: "cgroup v2" };
  }
  const cpu = groupPath(groups, (controllers) => controllers.split(",").includes("cpu"));
  for (const root of ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]) {
    const quota = smallestQuota(root, cpu, (folder) =>
      parseCfs(read(`${folder}/cpu.cfs_quota_us`), read(`${folder}/cpu.cfs_period_us`)),
    );
    if (quota !== undefined) {
      return { quota, source: "cgroup v1" };
    }
  }
  return { quota: undefined, source: "none" };
}

/** Threads for a limit: the quota's whole CPUs, at least one, never more than the CPUs that there are. */
export function threadsFor(limit: CpuLimit, cpus: number): number {
  return Math.max(1, Math.min(cpus, Math.floor(limit.quota ?? cpus)));
}

/** Threads that this process should compute with, and where the number is from. */
export function detectThreads(): { readonly threads: number; readonly limit: CpuLimit } {
  const limit = cpuLimit(readText);
  return { threads: threadsFor(limit, availableParallelism()), limit };
}

/** Line format of /proc/self/cgroup: `id:controllers:path`. */
function groupPath(groups: string, isWanted: (controllers: string) => boolean): string {
  for (const line of groups.split("\n")) {
    const [, controllers, ...path] = line.split(":");
    if (controllers !== undefined && isWanted(controllers)) {
      return path.join(":");
    }
  }
  return "/";
}

/** Inside a container the path may be the host's while the mount is the container's own: the root is looked at as well. */
function smallestQuota(
  root: string,
  path: string,
  quotaAt: (folder: string) => number | undefined,
): number | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  const quotas = Array.from({ length: parts.length + 1 }, (_, depth) =>
    quotaAt(join(root, ...parts.slice(0, depth))),
  ).filter((quota) => quota !== undefined);
  return quotas.length > 0 ? Math.min(...quotas) : undefined;
}

function parseCpuMax(text: string | undefined): number | undefined {
  const [quota, period] = (text ?? "").trim().split(/\s+/).map(Number);
  return positiveRatio(quota, period);
}

function parseCfs(quota: string | undefined, period: string | undefined): number | undefined {
  return quota === undefined || period === undefined
    ? undefined
    : positiveRatio(Number(quota), Number(period));
}

/** `max` is NaN here and v1's "none" is -1: both are no quota. */
function positiveRatio(quota: number | undefined, period: number | undefined): number | undefined {
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
