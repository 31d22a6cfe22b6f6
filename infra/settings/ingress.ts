import { z } from "zod";

const cidr = z.cidrv4("must be a CIDR block such as 203.0.113.0/24");

/** `ingress`: how the service is reached from outside of a cluster on AWS. */
export const ingressSchema = z
  .strictObject({
    /** `internal`: from the VPC alone; `public`: from the internet. */
    scheme: z.enum(["internal", "public"]).default("internal"),
    /** Certificate of AWS Certificate Manager with which the load balancer ends TLS. */
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        "must be the ARN of an ACM certificate",
      )
      .optional(),
    /** DNS name that the certificate is for and that leads to the load balancer. */
    hostname: z.string().min(1).optional(),
    /** Networks that may connect. */
    sourceRanges: z.array(cidr).default([]),
  })
  .refine((i) => i.scheme === "internal" || i.certificateArn !== undefined, {
    path: ["certificateArn"],
    error: "must be set when ingress.scheme is public, since nothing goes over the internet without TLS",
  })
  .refine((i) => i.scheme === "internal" || i.sourceRanges.length > 0, {
    path: ["sourceRanges"],
    error: "must say who may connect when ingress.scheme is public; 0.0.0.0/0 for everybody",
  });
