import { describe, expect, it } from "vitest";
import { readFiles } from "#service/inference/protocols/predict/multipart-input.js";

const TYPE = "multipart/form-data; boundary=x";
const FILE = 'Content-Disposition: form-data; name="a"; filename="a"';
const FIELD = 'Content-Disposition: form-data; name="note"';

/** The files' text, or the message of the refusal. */
function read(body: string, type = TYPE): unknown {
  try {
    return readFiles(Buffer.from(body, "latin1"), type).map((file) => file.toString("latin1"));
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid_input", status: 400 });
    return (error as Error).message;
  }
}

function part(head: string, content: string): string {
  return `--x\r\n${head}\r\n\r\n${content}\r\n`;
}

const INCOMPLETE = "The body is no complete multipart/form-data form.";
const NO_FILE = expect.stringMatching(/^The form has no file/) as string;

describe("readFiles reads", () => {
  it.each<[string, string, unknown]>([
    [
      "files in their order",
      `${part(FILE, "one")}${part(FIELD, "no")}${part(FILE, "two")}--x--\r\n`,
      ["one", "two"],
    ],
    ["an empty file", `${part(FILE, "")}--x--`, [""]],
    [
      "content that looks like the boundary",
      `${part(FILE, "1\r\n--xy\r\n--x-\r\n--")}--x--`,
      ["1\r\n--xy\r\n--x-\r\n--"],
    ],
    [
      "what comes before and after the form",
      `before\r\n${part(FILE, "one")}--x--\r\n${part(FILE, "two")}--x--`,
      ["one"],
    ],
    ["blanks after a boundary", `--x \t\r\n${FILE}\r\n\r\none\r\n--x--`, ["one"]],
    [
      "bytes without a name",
      `${part(`${FIELD}\r\ncontent-type: application/octet-stream`, "one")}--x--`,
      ["one"],
    ],
    [
      "names in any letters",
      `${part("CONTENT-DISPOSITION: form-data; FILENAME*=utf-8''a", "one")}--x--`,
      ["one"],
    ],
    [
      "no file from a field called like one",
      `${part('Content-Disposition: form-data; name="; filename=\\"a"', "one")}--x--`,
      NO_FILE,
    ],
    ["a part without headers", `--x\r\n\r\nnothing\r\n${part(FILE, "one")}--x--`, ["one"]],
    ["a form of nothing", "--x--", NO_FILE],
    ["a form of fields", `${part(FIELD, "one")}--x--`, NO_FILE],
    [
      "an attachment, which no form has",
      `${part('Content-Disposition: attachment; filename="a"', "one")}--x--`,
      NO_FILE,
    ],
  ])("%s", (_, body, expected) => expect(read(body)).toEqual(expected));

  it.each([
    'multipart/form-data; boundary="x"',
    "multipart/form-data;boundary=x;charset=utf-8",
    "multipart/form-data; charset=utf-8; BOUNDARY=x ",
  ])("a boundary from %s", (type) => expect(read(`${part(FILE, "one")}--x--`, type)).toEqual(["one"]));
});

describe("readFiles refuses at once", () => {
  it("a form that ends anywhere before its end", () => {
    const whole = `${part(FILE, "one\r\n--xy")}${part(FIELD, "no")}${part(FILE, "two")}--x--`;
    expect(read(whole)).toEqual(["one\r\n--xy", "two"]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(read(whole.slice(0, length))).toBe(INCOMPLETE);
    }
  });

  it.each([
    ["a file that a boundary follows at once", `--x\r\n${FILE}\r\n\r\n--x\r\n--`],
    ["a boundary within headers", `--x\r\n${FILE}\r\n--x\r\n\r\n--\r\n\r\n`],
    ["headers without end", `--x\r\n${FILE}; ${"a".repeat(9000)}\r\n\r\none\r\n--x--`],
    ["many headers", `--x\r\n${FILE}\r\n${"a: b\r\n".repeat(20)}\r\none\r\n--x--`],
    ["a header without a name", `--x\r\n${FILE}\r\n: b\r\n\r\none\r\n--x--`],
    ["many parts", `${part(FIELD, "one").repeat(129)}--x--`],
    ["many lines that look like the boundary", `${part(FILE, "\r\n--xy".repeat(2000))}--x--`],
    ["text", "text"],
  ])("%s", (_, body) => expect(read(body)).toBe(INCOMPLETE));

  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="',
    'multipart/form-data; boundary="x',
    'multipart/form-data; boundary=""',
  ])("a boundary that %s does not tell", (type) =>
    expect(read(`${part(FILE, "one")}--x--`, type)).toBe(INCOMPLETE),
  );

  it("more files than a request may have", () => {
    expect(read(`${part(FILE, "one").repeat(64)}--x--`)).toHaveLength(64);
    expect(read(`${part(FILE, "one").repeat(65)}--x--`)).toBe("The form has more than 64 files.");
  });
});
