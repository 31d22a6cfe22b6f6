import { z } from "zod";

const cidr = z.cidrv4("must be a CIDR block such as 203.0.113.0/24");

export const ingressSchema = z
  .strictObject({
    scheme: z
      .enum(["internal", "public"])
      .default("internal")
      .describe("`internal`: from the VPC alone; `public`: from the internet."),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        "must be the ARN of an ACM certificate",
      )
      .optional()
      .describe("Certificate of AWS Certificate Manager with which the load balancer ends TLS."),
    hostname: z
      .string()
      .min(1)
      .optional()
      .describe("DNS name that the certificate is for and that leads to the load balancer."),
    sourceRanges: z.array(cidr).default([]).describe("Networks that may connect."),
    withoutKeys: z
      .boolean()
      .default(false)
      .describe("True where whoever may connect may predict, though there are no `service.keys`."),
  })
  .refine((i) => i.scheme === "internal" || i.certificateArn !== undefined, {
    path: ["certificateArn"],
    error: "must be set when ingress.scheme is public, since nothing goes over the internet without TLS",
  })
  .refine((i) => i.scheme === "internal" || i.sourceRanges.length > 0, {
    path: ["sourceRanges"],
    error: "must say who may connect when ingress.scheme is public; 0.0.0.0/0 for everybody",
  })
  .describe("How the service is reached from outside of a cluster on AWS.");
