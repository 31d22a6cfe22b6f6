import { cpus, release, totalmem, type } from "node:os";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly date: string;
}

/** What the figures were measured on. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release().split("-")[0] ?? ""}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function machineText({ cpu, cores, memoryBytes, system, node, date }: Machine): string {
  return `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${system}, Node.js ${node}, ${date}`;
}
