import { describe, expect, it } from "vitest";
import { cpuLimit, detectThreads, threadsFor, type ReadText } from "#service/inference/engine/threads.js";

function files(contents: Record<string, string>): ReadText {
  return (path) => contents[path];
}

describe("the CPU quota", () => {
  it("is read from cgroup v2, as a container sees it", () => {
    const read = files({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n" });
    expect(cpuLimit(read)).toEqual({ quota: 1.5, source: "cgroup v2" });
  });

  it("is the smallest of the nested groups of cgroup v2", () => {
    const read = files({
      "/proc/self/cgroup": "0::/kubepods.slice/pod1/box\n",
      "/sys/fs/cgroup/kubepods.slice/cpu.max": "400000 100000\n",
      "/sys/fs/cgroup/kubepods.slice/pod1/cpu.max": "200000 100000\n",
      "/sys/fs/cgroup/kubepods.slice/pod1/box/cpu.max": "max 100000\n",
    });
    expect(cpuLimit(read)).toEqual({ quota: 2, source: "cgroup v2" });
  });

  it("is read from cgroup v1, where -1 is none", () => {
    const groups = "4:memory:/box\n3:cpu,cpuacct:/box\n";
    const read = files({
      "/proc/self/cgroup": groups,
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
    });
    expect(cpuLimit(read)).toEqual({ quota: 0.5, source: "cgroup v1" });
  });

  it("is absent without control groups", () => {
    expect(cpuLimit(files({}))).toEqual({ quota: undefined, source: "none" });
  });

  it("cannot be looked up outside the control groups' folder", () => {
    const looked: string[] = [];
    cpuLimit((path) => {
      looked.push(path);
      return path === "/proc/self/cgroup" ? "0::/../../etc\n" : undefined;
    });
    expect(looked.filter((path) => path !== "/proc/self/cgroup")).toSatisfy((paths: string[]) =>
      paths.every((path) => path.startsWith("/sys/fs/cgroup/")),
    );
  });
});

describe("threads", () => {
  it.each([
    [{ quota: 1.5, source: "cgroup v2" as const }, 8, 1],
    [{ quota: 0.2, source: "cgroup v2" as const }, 8, 1],
    [{ quota: 4, source: "cgroup v1" as const }, 8, 4],
    [{ quota: 16, source: "cgroup v1" as const }, 8, 8],
    [{ quota: undefined, source: "none" as const }, 8, 8],
  ])("for %j on %i CPUs: %i", (limit, cpus, threads) => {
    expect(threadsFor(limit, cpus)).toBe(threads);
  });

  it("are at least one on this machine", () => {
    expect(detectThreads().threads).toBeGreaterThanOrEqual(1);
  });
});
