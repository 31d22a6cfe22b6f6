import { containersOf, type PodContainer } from "../pods.js";
import { at, type Fault, listAt, type Rule, textAt } from "../policy-rule.js";

/** Environment variables that hold secrets, by name. */
const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEYS?|CREDENTIALS?|PRIVATE_KEY)$/i;

/** A rule about each container of each workload. */
function everyContainer(
  name: string,
  description: string,
  fault: (container: PodContainer) => Fault | undefined,
): Rule {
  return {
    name,
    description,
    check: (resource) =>
      containersOf(resource).flatMap((container) => {
        const found = fault(container);
        return found === undefined ? [] : [of(container, found)];
      }),
  };
}

function of({ name }: PodContainer, fault: Fault): Fault {
  return typeof fault === "string"
    ? `container ${name} ${fault}`
    : { ...fault, what: `container ${name} ${fault.what}` };
}

export const imagesByDigest = everyContainer(
  "images-by-digest",
  "Containers run images by digest: a tag can be moved, and nobody would see it.",
  ({ container }) => {
    const image = textAt(container, "image");
    return /@sha256:[0-9a-f]{64}$/.test(image)
      ? undefined
      : {
          what: `runs ${image || "an image without a name"}, which does not name a digest`,
          setting: "image.reference",
        };
  },
);

export const neverRoot = everyContainer(
  "never-root",
  "Containers do not run as root and cannot become root.",
  ({ container, pod }) => {
    const effective = (key: string) =>
      at(container, "securityContext", key) ?? at(pod, "securityContext", key);
    if (effective("runAsNonRoot") !== true) {
      return "may run as root: runAsNonRoot is not true";
    }
    if (effective("runAsUser") === 0) {
      return "runs as user 0";
    }
    if (at(container, "securityContext", "privileged") === true) {
      return "is privileged";
    }
    if (at(container, "securityContext", "allowPrivilegeEscalation") !== false) {
      return "may escalate its privileges";
    }
    const dropped = listAt(container, "securityContext", "capabilities", "drop");
    return dropped.includes("ALL") ? undefined : "keeps capabilities";
  },
);

export const bounded = everyContainer(
  "bounded",
  "Containers state how much CPU and memory they request, and limit their memory.",
  ({ container }) => {
    const missing = [
      ["requests", "cpu"],
      ["requests", "memory"],
      ["limits", "memory"],
    ].filter((path) => at(container, "resources", ...path) === undefined);
    return missing.length === 0
      ? undefined
      : { what: `does not set ${missing.map((path) => path.join(".")).join(" and ")}`, setting: "resources" };
  },
);

export const noPlainSecrets = everyContainer(
  "no-plain-secrets",
  "Secrets reach containers from Kubernetes Secrets, never as plain text in a pod's spec.",
  ({ container }) => {
    const plain = listAt(container, "env")
      .filter((variable) => SECRET_NAME.test(textAt(variable, "name")) && at(variable, "value") !== undefined)
      .map((variable) => textAt(variable, "name"));
    return plain.length === 0
      ? undefined
      : { what: `is given ${plain.join(", ")} in plain text`, setting: "service.secretEnvironment" };
  },
);
