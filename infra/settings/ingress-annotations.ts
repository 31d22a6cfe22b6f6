import { metadataKey } from "./names.js";
import { TLS_ANNOTATION } from "./tls-annotation.js";

/** Annotations that the program writes itself, each with the setting that it follows from. */
const OWN_ANNOTATIONS: Readonly<Record<string, string>> = {
  "cert-manager.io/cluster-issuer": "ingress.clusterIssuer",
  "cert-manager.io/issuer": "ingress.issuer",
  [TLS_ANNOTATION]: "ingress.tls",
};

/** Key of an annotation that a person may give. */
export const annotationKey = metadataKey.superRefine((key, context) => {
  const setting = OWN_ANNOTATIONS[key];
  if (setting !== undefined) {
    context.addIssue(`follows from ${setting} and cannot be set here`);
  }
});
