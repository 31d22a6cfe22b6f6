/** Part of AWS with accounts and names of its own: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export type Partition = "aws" | "aws-cn" | "aws-us-gov";

/** The partition that a region belongs to, as ARNs name it. */
export function partitionOf(region: string): Partition {
  if (region.startsWith("cn-")) {
    return "aws-cn";
  }
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
