import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { upperCase } from "../../models/index.js";
import { RepositoryFixture } from "./engine/repository-fixture.js";
import { serving } from "./server-program.js";

/** Where Debian, and so the image's base, has its locales. */
const LOCALES = "/usr/lib/locale";

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await RepositoryFixture.create();
});
afterEach(() => repository.dispose());

describe.skipIf(!existsSync(`${LOCALES}/C.utf8`))("a model of texts", () => {
  it("is served with the locale that the Dockerfile makes of what a base has", async () => {
    const dockerfile = readFileSync("service/Dockerfile", "utf8");
    const [, command = ""] = /^RUN (.*en_US.*)$/m.exec(dockerfile) ?? [];
    const locales = join(repository.root, ".locales");
    await mkdir(locales);
    await symlink(`${LOCALES}/C.utf8`, join(locales, "C.utf8"));
    const make = (): Buffer => execFileSync("sh", ["-ec", command.replaceAll(LOCALES, locales)]);
    make();
    // A base may have it already.
    make();

    await repository.putModel("upper-case", "1", upperCase("en_US.UTF-8"));
    const { url } = await serving({ MODEL_REPOSITORY: repository.root, LOCPATH: locales });
    const inputs = [{ name: "input", datatype: "BYTES", shape: [3], data: ["élan", "Größe", "дом"] }];
    const answer = await fetch(`${url}/v2/models/upper-case/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inputs }),
    });
    expect(await answer.json()).toMatchObject({ outputs: [{ data: ["ÉLAN", "GRÖßE", "ДОМ"] }] });
  });
});
