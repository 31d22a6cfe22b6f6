import { z } from "zod";

import { areInZone, fitsCertificate, makesCertificate, zoneSchema } from "./hosted-zone.js";
import { annotationKey } from "./ingress-annotations.js";
import { hostName, objectName } from "./names.js";

const cidr = z.cidrv4("must be a CIDR block such as 203.0.113.0/24");

/** A Gateway that is there, and who owns it. */
const gatewaySchema = z.strictObject({
  name: objectName.describe(
    "On an existing cluster, the Gateway that leads to the service, by an HTTPRoute of the program's.",
  ),
  namespace: objectName
    .optional()
    .describe("Its namespace, if it is another one; its listeners must allow routes from the service's."),
  section: objectName.optional().describe("The one listener of it that does; without it all that may."),
});

export const ingressSchema = z
  .strictObject({
    scheme: z
      .enum(["internal", "public"])
      .default("internal")
      .describe("On eks, `internal`: from the VPC alone; `public`: from the internet."),
    certificateArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        "must be the ARN of an ACM certificate",
      )
      .optional()
      .describe("Certificate of AWS Certificate Manager with which the load balancer ends TLS."),
    hostname: hostName
      .optional()
      .describe("DNS name that the certificate is for and that leads to the service from outside."),
    otherHostnames: z
      .array(hostName)
      .default([])
      .describe("Further names that lead there, for which the certificate is too."),
    zone: zoneSchema
      .optional()
      .describe(
        "On eks, the hosted zone of Route 53, by name or id, in which the program makes the records of the host names, and, without `certificateArn`, those that validate a certificate that it makes too.",
      ),
    privateZone: z
      .boolean()
      .default(false)
      .describe(
        "True where that zone is a private one. AWS validates no certificate in it: without `certificateArn` callers come over plain HTTP.",
      ),
    sourceRanges: z.array(cidr).default([]).describe("On eks, networks that may connect."),
    class: objectName
      .optional()
      .describe(
        "On an existing cluster, the class of an Ingress that leads to the service, such as `nginx`.",
      ),
    gateway: gatewaySchema.optional(),
    tls: z
      .enum(["here", "elsewhere", "none"])
      .default("here")
      .describe(
        "Where TLS ends: `here`, at the Ingress or the Gateway; `elsewhere`, in front of it; `none`: callers and their keys come over plain HTTP.",
      ),
    tlsSecret: objectName
      .optional()
      .describe(
        "Name of a Secret of type kubernetes.io/tls in the namespace, with which the Ingress ends TLS; by default `inference-tls` where cert-manager makes it.",
      ),
    clusterIssuer: objectName
      .optional()
      .describe("Name of a ClusterIssuer from which cert-manager gets that certificate."),
    issuer: objectName.optional().describe("The same of an Issuer in the namespace."),
    annotations: z
      .record(annotationKey, z.string())
      .default({})
      .describe(
        "Annotations of the Ingress or the HTTPRoute, by which a controller is told its limits; see [targets](targets.md#from-outside-of-the-cluster).",
      ),
    withoutKeys: z
      .boolean()
      .default(false)
      .describe("True where whoever may connect may predict, though there are no `service.keys`."),
  })
  .refine((i) => i.scheme === "internal" || i.certificateArn !== undefined || makesCertificate(i), {
    path: ["certificateArn"],
    error:
      "must be set when ingress.scheme is public and ingress.zone is not, since nothing goes over the internet without TLS",
  })
  .refine((i) => i.zone !== undefined || !i.privateZone, {
    path: ["zone"],
    error: "must be set with ingress.privateZone",
  })
  .refine((i) => i.scheme === "internal" || !i.privateZone, {
    path: ["privateZone"],
    error: "must not be set when ingress.scheme is public: nobody outside of the VPC could ask for the name",
  })
  .refine((i) => i.zone === undefined || i.hostname !== undefined, {
    path: ["hostname"],
    error: "must be set with ingress.zone",
  })
  .refine((i) => i.hostname === undefined || areInZone(i), {
    path: ["hostname"],
    error: "must be ingress.zone or end in it, and so must every one of ingress.otherHostnames",
  })
  .refine(fitsCertificate, {
    path: ["hostname"],
    error: "must have at most 64 characters for a certificate that the program makes",
  })
  .refine((i) => i.scheme === "internal" || i.sourceRanges.length > 0, {
    path: ["sourceRanges"],
    error: "must say who may connect when ingress.scheme is public; 0.0.0.0/0 for everybody",
  })
  .refine((i) => i.class === undefined || i.gateway === undefined, {
    path: ["gateway"],
    error: "must not be set beside ingress.class",
  })
  .refine((i) => !isOpened(i) || i.hostname !== undefined, {
    path: ["hostname"],
    error: "must be set with ingress.class or ingress.gateway",
  })
  .refine((i) => i.class === undefined || i.tls !== "here" || certificateOf(i) !== undefined, {
    path: ["tlsSecret"],
    error:
      "must be set with ingress.class, or ingress.clusterIssuer or ingress.issuer, or ingress.tls to say where TLS ends instead",
  })
  .refine((i) => i.clusterIssuer === undefined || i.issuer === undefined, {
    path: ["issuer"],
    error: "must not be set beside ingress.clusterIssuer",
  })
  .refine(({ hostname, otherHostnames }) => areDistinct(hostname, otherHostnames), {
    path: ["otherHostnames"],
    error: "must name each host once, and none that is ingress.hostname",
  })
  .describe("How the service is reached from outside of a cluster, on AWS and on one that is there already.");

/** Whether an existing cluster's ingress leads to the service. */
export function isOpened({
  class: ofClass,
  gateway,
}: {
  readonly class?: string | undefined;
  readonly gateway?: object | undefined;
}): boolean {
  return ofClass !== undefined || gateway !== undefined;
}

/** Name of the Secret that an Ingress ends TLS with; undefined where nobody says which. */
export function certificateOf({
  tlsSecret,
  clusterIssuer,
  issuer,
}: Partial<Readonly<Record<"tlsSecret" | "clusterIssuer" | "issuer", string | undefined>>>):
  string | undefined {
  return tlsSecret ?? ((clusterIssuer ?? issuer) === undefined ? undefined : "inference-tls");
}

function areDistinct(first: string | undefined, others: readonly string[]): boolean {
  return new Set([first, ...others]).size === 1 + others.length;
}
