import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runtimeWords } from "#service/inference/engine/session/runtime-words.js";

/** What ONNX Runtime 1.30 said to broken files in /srv/models/m/1 and to inputs that graphs cannot compute. */
const MESSAGES = JSON.parse(
  readFileSync(new URL("../../../../fixtures/runtime-messages.json", import.meta.url), "utf8"),
) as string[];

const FOLDER = "/srv/models/m/1";

function words(message: string): string {
  return runtimeWords(message, FOLDER);
}

describe("the runtime's words", () => {
  it.each(MESSAGES)("are shown without where it or the model lies: %s", (message) => {
    const shown = words(message);
    expect(shown).not.toMatch(
      /\/srv|\.(?:cc|h):\d|onnxruntime|std::|absl|was false|\n|\s{2}|\[with |^\W*\.$/,
    );
    expect(shown).toMatch(/^\S.*[^.]\.$/);
  });

  it.each([
    ["Add", "Add: Attempting to broadcast an axis by a dimension other than 1. 3 by 4."],
    ["Pad", "Pad: Pads tensor size should be equal to twice the input dimension count."],
    [
      "If",
      "If: Gather: indices element out of data bounds, idx=99 must be within the inclusive range [-10,9].",
    ],
    ["Cast", "Cast: a text is not a number."],
  ])("keep what a check of %s says, and drop its condition", (operator, shown) => {
    const messages = MESSAGES.filter((message) => message.includes(`while running ${operator} node`));
    expect(messages.map(words)).toContain(shown);
  });

  it("keep names of nodes, which look like paths", () => {
    const missing = MESSAGES.map(words).filter((text) => text.includes("/"));
    expect(missing).toEqual(
      expect.arrayContaining([
        "Could not find an implementation for Conv(11) node with name '/model/conv1/Conv'.",
        "This is an invalid model. Node '/enc/layer.0/Frob' (Frobnicate): No Op registered for Frobnicate with domain_version of 17.",
      ]),
    );
  });

  it.each([
    [
      'External data path does not exist: "/srv/models/m/1/sub/weights.bin"',
      'External data path does not exist: "sub/weights.bin".',
    ],
    // A mounted volume's files are links to another folder.
    [
      'External data path does not exist: "/mnt/a volume/..2026/weights.bin"',
      'External data path does not exist: "weights.bin".',
    ],
    [
      "Load model from /srv/my models/m/1/model.onnx failed:Protobuf parsing failed.",
      "Protobuf parsing failed.",
    ],
    [
      "/onnxruntime_src/core/x.cc:9 onnxruntime::X::Y(const std::function<void(int)>&)::<lambda(size_t)> (a(b) == c) was false. Sizes (2, 3) differ",
      "Sizes (2, 3) differ.",
    ],
    [
      "/onnxruntime_src/core/x.cc:9 auto onnxruntime::X::operator()(std::vector<int>) const [with T = long int] text",
      "text.",
    ],
    ["D:\\a\\_work\\1\\s\\core\\x.cc:9 onnxruntime::X::Y Sizes (2, 3) differ!", "Sizes (2, 3) differ."],
    ["/onnxruntime_src/core/x.cc:9 void onnxruntime::X::Y(int) a == b was false.", "a == b was false."],
    ["std::bad_alloc", "there is no memory left."],
  ])("are read in every form: %s", (message, shown) => {
    expect(words(message)).toBe(shown);
  });
});
