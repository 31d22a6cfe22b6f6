import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What a person asks for: `auto` takes a GPU where there is one. */
export const PROVIDER_CHOICES = ["auto", "cpu", "cuda"] as const;
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number];

/** What of ONNX Runtime computes a model. */
export type ExecutionProvider = "cpu" | "cuda";

/** What computes, and why that is not what was asked for: a whole sentence, "" where it is. */
export interface ChosenProvider {
  readonly provider: ExecutionProvider;
  readonly fallback: string;
}

/** What a machine must have for CUDA. */
export interface Machine {
  /** As Node.js names them: `linux/x64`. */
  readonly platform: string;
  /** Folder of ONNX Runtime's libraries. */
  readonly libraries: string;
  readonly exists: (path: string) => boolean;
}

/** Beside the runtime only in images of the variant `cuda`: npm's package does not hold it. */
const PROVIDER_LIBRARY = "libonnxruntime_providers_cuda.so";

/** Made by the driver, and given to a container with a GPU; the second one on Windows' Linux. */
const DEVICES = ["/dev/nvidiactl", "/dev/dxg"];

/** What computes models on a machine, as the setting EXECUTION_PROVIDER asks. Without CUDA it is the CPU, which `cuda` says. */
export function chooseProvider(choice: ProviderChoice, machine: Machine = thisMachine()): ChosenProvider {
  if (choice === "cpu") {
    return { provider: "cpu", fallback: "" };
  }
  const missing = whatIsMissing(machine);
  if (missing === undefined) {
    return { provider: "cuda", fallback: "" };
  }
  return { provider: "cpu", fallback: choice === "auto" ? "" : onCpu(missing) };
}

/** That a model is on the CPU though a GPU was asked for, and why. */
export function onCpu(reason: string): string {
  return `Its runs are on the CPU, not on a GPU. ${reason}`;
}

function whatIsMissing({ platform, libraries, exists }: Machine): string | undefined {
  if (platform !== "linux/x64") {
    return `ONNX Runtime has CUDA for linux/x64 alone, and this is ${platform}.`;
  }
  if (!exists(join(libraries, PROVIDER_LIBRARY))) {
    return "ONNX Runtime's CUDA libraries are not installed: the image must be of the variant cuda.";
  }
  return DEVICES.some(exists) ? undefined : "This machine or container has no GPU of NVIDIA.";
}

function thisMachine(): Machine {
  const { platform, arch } = process;
  const runtime = dirname(createRequire(import.meta.url).resolve("onnxruntime-node"));
  const libraries = join(runtime, "..", "bin", "napi-v6", platform, arch);
  return { platform: `${platform}/${arch}`, libraries, exists: existsSync };
}
