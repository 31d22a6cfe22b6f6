import { z } from "zod";

/** The program's own tags, by which its resources are told from others'. */
const OWN_TAGS = ["project", "stack", "managed-by"] as const;

/** What EKS keeps for itself on nodes: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html */
const KEPT_BY_AWS = /^(aws:|eks:|kubernetes\.io\/cluster\/|karpenter\.sh\/|eks\.amazonaws\.com\/)/i;

/** What every service of AWS takes; a load balancer's are written into one annotation, where `=` ends the key. */
const key = z
  .string()
  .max(128, "must have at most 128 characters")
  .regex(/^[\p{L}\p{Z}\p{N}_.:/+\-@]+$/u, "must be letters, digits, spaces and _ . : / + - @")
  .refine((name) => !KEPT_BY_AWS.test(name), "begins with what AWS keeps for itself")
  .refine(
    (name) => !OWN_TAGS.some((own) => own === name.toLowerCase()),
    "is a tag that the program sets itself",
  );

const value = z
  .string()
  .max(256, "must have at most 256 characters")
  .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, "must be letters, digits, spaces and _ . : / = + - @");

/** Tags that every kind of resource takes: IAM takes keys that differ in their case alone for the same. */
export const tagsSchema = z
  .record(key, value)
  .refine(isDistinct, "must be at most 40 names and values, whose names differ by more than their case");

function isDistinct(tags: Record<string, string>): boolean {
  const names = Object.keys(tags);
  return names.length <= 40 && new Set(names.map((name) => name.toLowerCase())).size === names.length;
}
