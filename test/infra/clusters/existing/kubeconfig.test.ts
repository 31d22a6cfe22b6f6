import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { checkKubeconfig, merge, selectContext } from "#infra/clusters/existing/kubeconfig.js";
import { TWO_CLUSTERS } from "../../support/kubeconfig.js";

const two = checkKubeconfig(parse(TWO_CLUSTERS), "config");

describe("a kubeconfig", () => {
  it("is cut down to the current context", () => {
    const kubeconfig = selectContext(two);
    expect(kubeconfig.clusters).toEqual([{ name: "mine", cluster: { server: "https://192.0.2.9:6443" } }]);
    expect(JSON.stringify(kubeconfig)).toContain("my-token");
    expect(JSON.stringify(kubeconfig)).not.toContain("their-token");
  });

  it("is cut down to the context that is named, which becomes the current one", () => {
    expect(selectContext(two, "there")).toMatchObject({
      clusters: [{ cluster: { server: "https://192.0.2.77:6443" } }],
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

  it("of several files has what each adds, and of one name what the first says", () => {
    const other = checkKubeconfig(
      {
        "current-context": "there",
        clusters: [{ name: "mine", cluster: { server: "https://192.0.2.1" } }],
        contexts: [{ name: "third", context: { cluster: "mine", user: "me" } }],
        users: [{ name: "me", user: { token: "second" } }],
      },
      "other",
    );
    const { contexts, clusters, users, ...rest } = merge([two, other]);
    expect(rest["current-context"]).toBe("here");
    expect(contexts.map(({ name }) => name).sort()).toEqual(["here", "there", "third"]);
    expect(clusters.find(({ name }) => name === "mine")?.cluster.server).toBe("https://192.0.2.9:6443");
    expect(users.find(({ name }) => name === "me")?.user).toEqual({ token: "my-token" });
    expect(merge([{ ...two, "current-context": "" }, other])["current-context"]).toBe("there");
  });
});
