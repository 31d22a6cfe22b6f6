import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** A control group that holds processes to an amount of memory. */
export interface MemoryGroup {
  /** The file that a process joins by writing its id. */
  readonly joining: string;
  /** To be called once nobody is in it. */
  remove(): void;
}

/** A new group of at most `bytes`; undefined where this machine or this user may not make one. */
export function memoryGroup(bytes: number): MemoryGroup | undefined {
  return existsSync(join(ROOT, "cgroup.controllers"))
    ? made(join(ROOT, pathOf("")), "memory.max", bytes)
    : made(join(ROOT, "memory", pathOf("memory")), "memory.limit_in_bytes", bytes);
}

/** This process's group: version 2 has one hierarchy without a name, version 1 one for each controller. */
function pathOf(controller: string): string {
  const lines = existsSync("/proc/self/cgroup") ? readFileSync("/proc/self/cgroup", "utf8").split("\n") : [];
  const found = lines
    .map((line) => line.split(":"))
    .find(([, name]) => name?.split(",").includes(controller));
  return found?.[2] ?? "";
}

function made(parent: string, limit: string, bytes: number): MemoryGroup | undefined {
  const path = join(parent, `ai-model-service-test-${process.pid}`);
  try {
    mkdirSync(path);
    try {
      writeFileSync(join(path, limit), String(bytes));
    } catch (error) {
      rmdirSync(path);
      throw error;
    }
  } catch {
    return undefined;
  }
  return { joining: join(path, "cgroup.procs"), remove: () => rmdirSync(path) };
}
