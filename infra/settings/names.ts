import { z } from "zod";

/** Name of an object of Kubernetes. */
export const objectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, "must be the name of an object of Kubernetes");

/** Name of a host, as certificates, routes and DNS records have it. */
export const hostName = z
  .string()
  .max(253, "must have at most 253 characters")
  .regex(
    /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS name such as predict.example.com",
  );

/** Key of a label or an annotation. */
export const metadataKey = z
  .string()
  .regex(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/, "must be a key of Kubernetes");
