import { describe, expect, it } from "vitest";
import { parseSettings } from "#infra/settings/settings.js";

const LOCAL = { "ai-model-service:cluster": "local", "ai-model-service:namespace": "ai" };
const EXISTING = { ...LOCAL, "ai-model-service:cluster": "existing" };
const REGISTRY = { "ai-model-service:registry": '{"address":"registry.test/models"}' };

describe("the configuration of providers", () => {
  it.each([
    [LOCAL, "aws:profile", "aws:profile applies only where ai-model-service:cluster is eks."],
    [EXISTING, "aws:region", "aws:region applies only where ai-model-service:cluster is eks."],
    [
      EXISTING,
      "kubernetes:context",
      "kubernetes:context is not taken; use ai-model-service:existing.kubeconfig",
    ],
    [LOCAL, "kubernetes:namespace", "kubernetes:namespace is not taken, since the program makes the cluster"],
    [LOCAL, "docker:host", "docker:host is not taken; use the variable DOCKER_HOST"],
  ])("is refused by its key where nothing looks at it: %o with %s", (stack, key, sentence) => {
    expect(() => parseSettings({ ...stack, ...REGISTRY, [key]: "x" })).toThrow(sentence);
  });

  it("is told of together with settings that do not apply", () => {
    const both = {
      ...EXISTING,
      ...REGISTRY,
      "ai-model-service:local": '{"ports":{"api":7000}}',
      "docker:host": "x",
    };
    expect(() => parseSettings(both)).toThrow(/local\.ports[^]*docker:host/);
  });

  it("shows no value", () => {
    const secret = { ...LOCAL, "docker:registryAuth": '[{"password":"hidden-one"}]' };
    expect(() => parseSettings(secret)).toThrow(/^(?![^]*hidden-one)[^]*docker:registryAuth is not taken/);
  });

  it("is left alone where it is Pulumi's own or unknown", () => {
    expect(() => parseSettings({ ...LOCAL, "pulumi:tags": '{"a":"b"}', "policy:x": "y" })).not.toThrow();
  });
});
