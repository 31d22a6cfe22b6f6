import { z } from "zod";

const platform = z.enum(["linux/amd64", "linux/arm64"]);

const EITHER = "must be linux/amd64, linux/arm64, or a list of both";

export type Platform = z.infer<typeof platform>;

export const imageSchema = z
  .strictObject({
    reference: z
      .string()
      .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "must name its digest: NAME@sha256:<64 hex digits>")
      .optional()
      .describe("An image that is built already; nothing is built then and no Docker daemon is needed."),
    platform: z
      .union(
        [
          platform,
          z.array(platform).refine((all) => all.length > 0 && new Set(all).size === all.length, EITHER),
        ],
        EITHER,
      )
      .optional()
      .describe(
        "What nodes the image is for; a list of both for one that is for both. Without it this machine's for a `local` cluster, else linux/amd64 if it is built here.",
      ),
    builder: z
      .enum(["BuilderBuildKit", "BuilderV1"])
      .default("BuilderBuildKit")
      .describe("`BuilderV1` for a Docker daemon without BuildKit."),
    base: z
      .string()
      .min(1)
      .default("node:24-bookworm-slim")
      .describe("The Node.js image that the service image is built from and on."),
    cudaBase: z
      .string()
      .min(1)
      .default("nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04")
      .describe(
        "The image that it is built on instead where `resources.gpu` asks for a GPU: with the libraries of CUDA 12 and cuDNN 9, for amd64.",
      ),
  })
  .refine((image) => image.reference !== undefined || platformsOf(image).length < 2, {
    path: ["platform"],
    error:
      "must be one platform where the program builds the image, since its builder makes none for both: name one of a release by image.reference",
  })
  .describe("How the service image is made, or which one to use as it is.");

/** The platforms that the settings say an image is for; none where they do not say. */
export function platformsOf({
  platform: given,
}: {
  readonly platform?: Platform | Platform[] | undefined;
}): Platform[] {
  return given === undefined ? [] : [given].flat();
}
