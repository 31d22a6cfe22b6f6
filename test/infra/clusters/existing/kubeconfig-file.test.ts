import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { checkKubeconfig, selectContext } from "#infra/clusters/existing/kubeconfig-file.js";
import { TWO_CLUSTERS } from "../../support/kubeconfig.js";

const two = checkKubeconfig(parse(TWO_CLUSTERS), "config");

describe("a kubeconfig", () => {
  it("is cut down to the current context", () => {
    const { cluster, server, kubeconfig } = selectContext(two);
    expect({ cluster, server }).toEqual({ cluster: "mine", server: "https://192.0.2.9:6443" });
    expect(JSON.stringify(kubeconfig)).toContain("my-token");
    expect(JSON.stringify(kubeconfig)).not.toContain("their-token");
  });

  it("is cut down to the context that is named, which becomes the current one", () => {
    const { server, kubeconfig } = selectContext(two, "there");
    expect(server).toBe("https://192.0.2.77:6443");
    expect(kubeconfig).toMatchObject({
      "current-context": "there",
      contexts: [{ context: { namespace: "shop" } }],
    });
  });

  it("without that context is refused with those that it has", () => {
    expect(() => selectContext(two, "elsewhere")).toThrow(
      "The kubeconfig has no context elsewhere. Its contexts are: here, there.",
    );
  });

  it("without any context is refused", () => {
    expect(() => selectContext(checkKubeconfig({}, "config"))).toThrow(
      "The kubeconfig has no current context. Its contexts are: none.",
    );
  });

  it("whose context leads nowhere is refused", () => {
    expect(() => selectContext({ ...two, users: [] })).toThrow("The kubeconfig has no user me.");
  });

  it("of another form is refused by its path", () => {
    expect(() => checkKubeconfig({ clusters: [{ name: "mine" }] }, "some/config")).toThrow(
      "some/config is not a kubeconfig: clusters.0.cluster",
    );
  });
});
