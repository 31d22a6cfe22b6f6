import type * as pulumi from "@pulumi/pulumi";

/** Where the service image is pushed and the cluster's nodes pull it from, under one and the same name. */
export interface Registry {
  /** The image's name without tag and digest: `localhost:5000/ai-model-service`. */
  repository: pulumi.Input<string>;
  /** Absent where anybody may push. */
  credentials?: { username: pulumi.Input<string>; password: pulumi.Input<string> };
  /** Tells one registry from its replacement under the same name, so that the image is pushed again. */
  identity?: pulumi.Input<string>;
  /** Whether a tag can be pushed only once, ever. */
  immutableTags?: boolean;
  /** What must exist before a push. */
  dependsOn: pulumi.Resource[];
}
