import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { PROJECT } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { Registry } from "./registry.js";

/** Which images ECR lets go: https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html */
const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      description: "Images without a tag, after a week",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: { type: "expire" },
    },
    {
      rulePriority: 2,
      description: "All but the newest fifty, to which a rollback may go",
      selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 50 },
      action: { type: "expire" },
    },
  ],
};

/** A private repository of ECR: its tags cannot be moved, its images are encrypted and scanned. */
export function awsRegistry(
  name: string,
  settings: Pick<Settings["eks"], "protect" | "deleteImages">,
  opts: pulumi.CustomResourceOptions & { provider: aws.Provider },
): Registry {
  const kept = { ...opts, protect: settings.protect };
  const key = new aws.kms.Key("images", { description: `Images of ${name}`, enableKeyRotation: true }, kept);
  // Pulumi adds to its name at each making, so that an image is pushed anew to a repository that was made anew.
  const repository = new aws.ecr.Repository(
    PROJECT,
    {
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
      forceDelete: settings.deleteImages,
    },
    kept,
  );
  const lifecycle = new aws.ecr.LifecyclePolicy(
    "images",
    { repository: repository.name, policy: JSON.stringify(LIFECYCLE) },
    opts,
  );
  return {
    repository: repository.repositoryUrl,
    credentials: credentials(repository, opts.provider),
    immutableTags: true,
    dependsOn: [repository, lifecycle],
  };
}

/** What a push to the repository signs in with, for the next twelve hours. */
function credentials(
  repository: aws.ecr.Repository,
  provider: aws.Provider,
): pulumi.Output<{ username: string; password: string }> {
  const token = aws.ecr.getAuthorizationTokenOutput({ registryId: repository.registryId }, { provider });
  return pulumi.secret(token.apply(({ userName, password }) => ({ username: userName, password })));
}
