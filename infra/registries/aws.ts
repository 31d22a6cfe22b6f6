import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { MODELS_IMAGE, PROJECT } from "../settings/keys.js";
import type { Settings } from "../settings/settings.js";
import type { ImageRepository, Registry } from "./registry.js";

type Options = pulumi.CustomResourceOptions & { provider: aws.Provider };

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

/** Private repositories of ECR: their tags cannot be moved, their images are encrypted and scanned. */
export function awsRegistry(
  name: string,
  settings: Pick<Settings["eks"], "protect" | "deleteImages">,
  opts: Options,
): Registry {
  const kept = { ...opts, protect: settings.protect };
  const key = new aws.kms.Key("images", { description: `Images of ${name}`, enableKeyRotation: true }, kept);
  const made = (image: string, lifecycle: string) => repository({ image, lifecycle, key }, settings, opts);
  return { service: () => made(PROJECT, "images"), models: () => made(MODELS_IMAGE, "models") };
}

/** A repository of one image, and which of its versions it lets go. */
function repository(
  { image, lifecycle, key }: { image: string; lifecycle: string; key: aws.kms.Key },
  settings: Pick<Settings["eks"], "protect" | "deleteImages">,
  opts: Options,
): ImageRepository {
  // Pulumi adds to its name at each making, so that an image is pushed anew to a repository that was made anew.
  const made = new aws.ecr.Repository(
    image,
    {
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
      forceDelete: settings.deleteImages,
    },
    { ...opts, protect: settings.protect },
  );
  const policy = new aws.ecr.LifecyclePolicy(
    lifecycle,
    { repository: made.name, policy: JSON.stringify(LIFECYCLE) },
    opts,
  );
  return {
    repository: made.repositoryUrl,
    credentials: credentials(made, opts.provider),
    immutableTags: true,
    dependsOn: [made, policy],
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
