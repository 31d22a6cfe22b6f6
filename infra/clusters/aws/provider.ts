import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { AwsConfig } from "../../settings/aws-config.js";
import type { Settings } from "../../settings/settings.js";

/**
 * The region's API, in the way that the namespace `aws:` of the configuration says: an explicit provider does not read it.
 * Its default tags reach every resource that can carry tags. With an account to guard it refuses credentials of any other.
 */
export function awsProvider(
  { region, account }: Settings["eks"],
  { assumeRole, assumeRoles, ...config }: AwsConfig,
  tags: Record<string, string>,
): aws.Provider {
  const roles = assumeRole === undefined ? assumeRoles : [assumeRole];
  return new aws.Provider("aws", {
    ...config,
    region,
    ...(roles !== undefined && { assumeRoles: roles }),
    ...(account !== undefined && { allowedAccountIds: [account] }),
    defaultTags: { tags },
  });
}

/** The settings' tags, those of the configuration of AWS's provider, and the program's own. */
export function allTags(
  { tags }: Pick<Settings["eks"], "tags">,
  { defaultTags }: Pick<AwsConfig, "defaultTags">,
): Record<string, string> {
  return {
    ...defaultTags?.tags,
    ...tags,
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    "managed-by": "pulumi",
  };
}
