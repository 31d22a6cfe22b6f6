/** Kubernetes resource quantities: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */

const CPU = /^(\d+(?:\.\d+)?)(m?)$/;
const MEMORY = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|k|M|G|T)?$/;

const MEMORY_FACTORS: Record<string, number> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** Cores of a CPU quantity such as `250m` or `1.5`; NaN if it is not one. */
export function cpuCores(quantity: string): number {
  const [, number, milli] = CPU.exec(quantity) ?? [];
  return Number(number) / (milli === "m" ? 1000 : 1);
}

/** Bytes of a memory quantity such as `512Mi` or `1G`; NaN if it is not one. */
export function memoryBytes(quantity: string): number {
  const [, number, unit] = MEMORY.exec(quantity) ?? [];
  return Number(number) * (unit === undefined ? 1 : (MEMORY_FACTORS[unit] ?? NaN));
}

/** A quantity of memory or disk that holds at least as many bytes. */
export function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
