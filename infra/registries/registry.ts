import type * as pulumi from "@pulumi/pulumi";

/** Where images are pushed and the cluster's nodes pull them from, under one and the same name. */
export interface Registry {
  /** The service's image. */
  service: () => ImageRepository;
  /** The image that holds models alone; asked for once, where there is one. */
  models: () => ImageRepository;
}

/** The place of one image in its versions. */
export interface ImageRepository {
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
