import { CONFIDENCE_BUCKETS, METRICS } from "@ai-model-service/contract/metrics";
import { Counter, type Registry } from "prom-client";
import type { ServedModel } from "../engine/engine.js";
import { eachBestLabel } from "../engine/label-scores.js";
import type { Tensor } from "../../tensors/tensor.js";
import { BucketCounts } from "../../server/observe/bucket-counts.js";
import { BucketHistogram } from "../../server/observe/bucket-histogram.js";

interface ModelCounts {
  readonly labels: { readonly model: string; readonly version: string };
  readonly confidence: BucketCounts;
  /** Predictions by the index of their label. */
  readonly predictions: Float64Array;
  readonly names: readonly string[];
}

/** Confidence and class counts of models that classify: what drifts when the world differs from the training set. */
export class PredictionMetrics {
  private readonly counts = new Map<string, ModelCounts>();

  constructor(registry: Registry) {
    registry.registerMetric(
      new BucketHistogram({
        name: METRICS.predictionConfidence,
        help: "Highest probability of each prediction.",
        labelNames: ["model", "version"],
        bounds: CONFIDENCE_BUCKETS,
        series: () => [...this.counts.values()].map(({ labels, confidence: counts }) => ({ labels, counts })),
      }),
    );
    const counter: Counter = new Counter({
      name: METRICS.predictions,
      help: "Predictions by their most probable label.",
      labelNames: ["model", "version", "label"],
      registers: [registry],
      collect: () => this.collect(counter),
    });
  }

  /** To be called with every answer; nothing happens for models that do not classify. */
  observe(model: ServedModel, outputs: Readonly<Record<string, Tensor>>): void {
    const { postprocess } = model.config;
    const output = postprocess && outputs[postprocess.output];
    if (postprocess === undefined || output === undefined) {
      return;
    }
    const { confidence, predictions } = this.countsOf(model, postprocess.labels);
    eachBestLabel(output, postprocess, (index, probability) => {
      // Of scores that are no numbers none is the best, and one of them would end the sum for good.
      if (!Number.isFinite(probability)) {
        return;
      }
      confidence.observe(probability);
      predictions[index] = (predictions[index] ?? 0) + 1;
    });
  }

  private countsOf({ name: model, version }: ServedModel, names: readonly string[]): ModelCounts {
    const key = `${model}/${version}`;
    let counts = this.counts.get(key);
    if (counts?.names !== names) {
      counts = {
        labels: { model, version },
        confidence: new BucketCounts(CONFIDENCE_BUCKETS),
        predictions: new Float64Array(names.length),
        names,
      };
      this.counts.set(key, counts);
    }
    return counts;
  }

  private collect(counter: Counter): void {
    counter.reset();
    for (const { labels, predictions, names } of this.counts.values()) {
      names.forEach((label, index) => counter.inc({ ...labels, label }, predictions[index] ?? 0));
    }
  }
}
