import { errorRow, ServiceError, type ErrorCode } from "../../../server/errors.js";
import type { ModelConfig } from "../../../models/model-config.js";
import type { TensorSpec } from "../../../tensors/tensor.js";
import type { Fallback, InferenceRequest, InferenceResult, ServedModel } from "../engine.js";
import type { ServedVersion } from "../served-version.js";
import { patience } from "./patience.js";
import type { CopyQueue } from "./copy-queue.js";
import type { VersionFigures } from "./version-figures.js";

/** Where a request's copy goes once it is answered. */
export interface CopyTarget {
  readonly version: string;
  readonly figures: VersionFigures;
  readonly queue: CopyQueue;
}

/** What a request that names no version is given beside the version that its share means. */
export interface Route {
  readonly served: ServedVersion;
  readonly figures: VersionFigures;
  /** Answers where `served` fails; undefined where it is the stable version itself, or there is none. */
  readonly stable: { readonly served: ServedVersion; readonly figures: VersionFigures } | undefined;
  readonly copy: CopyTarget | undefined;
}

/** A version as one request sees it that the model's traffic sends there. */
export class RoutedVersion implements ServedModel {
  readonly name: string;
  readonly version: string;
  readonly config: ModelConfig;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly batched: boolean;
  readonly fallback: Fallback | undefined;
  /** Whether the version's own statistics have what the request failed by. */
  private isSeen = false;

  constructor(private readonly route: Route) {
    const { served, stable } = route;
    this.name = served.name;
    this.version = served.version;
    this.config = served.config;
    this.inputs = served.inputs;
    this.outputs = served.outputs;
    this.batched = served.batched;
    this.fallback = stable && { model: stable.served, count: (code) => this.count(code, stable.figures) };
  }

  /** Rejects early enough for the stable version to answer, where there is one. */
  async infer(request: InferenceRequest): Promise<InferenceResult> {
    const { served, stable, copy } = this.route;
    const result = stable ? await this.inTime(request, stable.served) : await served.infer(request);
    if (copy === undefined) {
      return result;
    }
    const { postprocess } = served.config;
    const { version, figures, queue } = copy;
    const startCopy = (): void =>
      queue.offer({
        inputs: request.inputs,
        wanted: request.outputs,
        answer: { outputs: result.outputs, postprocess },
        version,
        figures,
      });
    return { ...result, startCopy };
  }

  private async inTime(request: InferenceRequest, stable: ServedVersion): Promise<InferenceResult> {
    const { served } = this.route;
    const left = patience(request.deadline, stable, performance.now());
    try {
      return await (left === undefined ? served.infer(request) : before(left, served, request));
    } catch (error) {
      const { outcome } = errorRow(error instanceof ServiceError ? error.code : "internal");
      this.isSeen = outcome !== "client_error" && !(error instanceof Impatience);
      throw error;
    }
  }

  private count(code: ErrorCode, stable: VersionFigures): void {
    this.route.figures.onFallback(code, this.isSeen);
    stable.requests.fallback += 1;
  }
}

/** The version was still at it when the time came to ask another. */
class Impatience extends ServiceError {
  constructor(version: string) {
    super("deadline_exceeded", `Version ${version} had not answered when its part of the time was over.`);
  }
}

/** What waits when `milliseconds` are over is dropped; what runs is not waited for. */
function before(
  milliseconds: number,
  served: ServedVersion,
  request: InferenceRequest,
): Promise<InferenceResult> {
  let isLate = false;
  const { cancellation } = request;
  const given = {
    get cancelled() {
      return isLate || cancellation?.cancelled === true;
    },
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Impatience(served.version));
    }, milliseconds);
    const deadline = performance.now() + milliseconds;
    served
      .infer({ ...request, deadline, cancellation: given })
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
