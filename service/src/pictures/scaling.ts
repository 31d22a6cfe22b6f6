import type { ImagePreprocess } from "../models/model-config.js";

/** value = (pixel - mean) / scale, for one channel of the tensor. */
export interface ChannelScale {
  readonly mean: number;
  readonly scale: number;
}

/** The scaling of each channel, in the tensor's order. */
export function channelScales({ channels, mean, scale }: ImagePreprocess): ChannelScale[] {
  return Array.from({ length: channels }, (_, channel) => ({
    mean: of(mean, channel, 0),
    scale: of(scale, channel, 1),
  }));
}

/** A setting's number for a channel: the one for all, or the channel's own. */
export function of(
  setting: number | readonly number[] | undefined,
  channel: number,
  fallback: number,
): number {
  return (typeof setting === "object" ? setting[channel] : setting) ?? fallback;
}

const tables = new WeakMap<ImagePreprocess, Float32Array[]>();

/** The 256 values that a pixel of each channel can become; looked up, because dividing costs more. */
export function valueTables(config: ImagePreprocess): Float32Array[] {
  let made = tables.get(config);
  if (made === undefined) {
    made = channelScales(config).map(({ mean, scale }) =>
      Float32Array.from({ length: 256 }, (_, pixel) => (pixel - mean) / scale),
    );
    tables.set(config, made);
  }
  return made;
}

/** How the tensor's values of one channel lie in a row: where the first is, and how far apart they are. */
export function strideOf(config: ImagePreprocess, channel: number): { first: number; step: number } {
  const { layout, width, height, channels } = config;
  return layout === "chw" ? { first: channel * width * height, step: 1 } : { first: channel, step: channels };
}
