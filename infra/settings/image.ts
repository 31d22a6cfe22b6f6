import { z } from "zod";

const platform = z.enum(["linux/amd64", "linux/arm64"]);

export type Platform = z.infer<typeof platform>;

export const imageSchema = z
  .strictObject({
    reference: z
      .string()
      .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "must name its digest: NAME@sha256:<64 hex digits>")
      .optional()
      .describe("An image that is built already; nothing is built then and no Docker daemon is needed."),
    platform: platform
      .optional()
      .describe(
        "What nodes the image is for; without it this machine's for a `local` cluster, else linux/amd64 if it is built here.",
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
  .describe("How the service image is made, or which one to use as it is.");
