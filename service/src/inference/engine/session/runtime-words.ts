/**
 * The runtime's words as the end of a sentence: without its source positions and conditions, the marks around them, and the
 * folders of this machine. `folder` is that of the model's file: what lies in it is named from there.
 */
export function runtimeWords(message: string, folder?: string): string {
  const words = TRANSLATIONS.reduce(
    (text, [said, meant]) => text.replace(said, meant),
    withoutPositions(withoutFolders(message, folder)),
  );
  return words
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.!]?$/, ".");
}

/** Kept apart from names of nodes, which look like paths too: `/encoder/layer.0/MatMul`. */
function withoutFolders(message: string, folder: string | undefined): string {
  const named = folder === undefined ? message : message.replaceAll(`${folder}/`, "");
  return named
    .replace(/Load model (?:from )?.*? failed[:.]/g, "")
    .replace(/,? (?:resolved path|allowed directory): "[^"]*"/g, "")
    .replace(/((?:path|file|directory)\b[^"'/]*(["']))\/(?:[^"'/]+\/)*([^"'/]+)(?=\2)/gi, "$1$3")
    .replace(/((?:path|file|directory)\b[^"'/]*)\/(?:[^"'/\s]+\/)*([^"'/\s]+)/gi, "$1$2");
}

/** Of what the runtime says, what a person would say. */
const TRANSLATIONS: readonly (readonly [said: RegExp, meant: string])[] = [
  [/Non-zero status code returned while running (\S+) node\..*?Status Message: /gs, "$1: "],
  [/In Node, \("([^"]*)", (\S+), "[^"]*", -?\d+\) : .*? , Error /gs, "Node '$1' ($2): "],
  [/Node \(([^)]*)\) Op \(([^)]*)\) \[\w+\] /g, "Node '$1' ($2): "],
  [/Node '' \((\S+)\): /g, "$1: "],
  [/(?:\[ONNXRuntimeError\] : \d+ : \w+ : |Fatal error: )/g, ""],
  [/\b(?:std::)?sto(?:f|d|ld|i|l|ll|ul|ull)\b/g, "a text is not a number"],
  [/\b(?:std::)?bad_alloc\b/g, "there is no memory left"],
];

const POSITION = /(?:\/[\w./+-]+|[A-Za-z]:\\[\w.\\+-]+|[\w-]+)\.(?:cc|cpp|cu|cuh|h|hpp|inc):\d+ /g;

/** A check in the source, where the runtime's own text follows it. */
const CONDITION = /^ [^\n]{1,300}? was false\. (?=\S)/;

/** Without `file.cc:123 Function ` and `/src/file.cc:123 type ns::Function(type) const [with T = type] a == b was false. `. */
function withoutPositions(message: string): string {
  let text = "";
  let rest = 0;
  for (const { 0: position, index } of message.matchAll(POSITION)) {
    if (index < rest) {
      continue;
    }
    const end = index + position.length;
    text += `${message.slice(rest, index)} `;
    rest = position.startsWith("/") ? endOfSignature(message, end) : endOfWord(message, end);
    rest += CONDITION.exec(message.slice(rest))?.[0].length ?? 0;
  }
  return text + message.slice(rest);
}

function endOfWord(text: string, start: number): number {
  const end = text.indexOf(" ", start);
  return end === -1 ? text.length : end;
}

/** The end of a function's signature: its parameters, and what C++ says after them. */
function endOfSignature(text: string, start: number): number {
  let end = endOfParameters(text, start);
  for (;;) {
    const more = /^(?:::[^\s(<]*| (?:const|noexcept|&&?)(?= )|(?= \[with )|(?=[(<]))/.exec(text.slice(end));
    if (!more) {
      return end;
    }
    const next = end + more[0].length;
    const group = text[next] === " " ? next + 1 : next;
    end = "([<".includes(text[group] ?? " ") ? endOfGroup(text, group) : next;
  }
}

/** Without parameters nothing is left out. */
function endOfParameters(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    if (text[index] === "(" && depth === 0) {
      return endOfGroup(text, index);
    }
    depth += depthChange(text[index]);
  }
  return start;
}

/** The end of what the bracket at `start` opens. */
function endOfGroup(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    depth += depthChange(text[index]);
    if (depth === 0) {
      return index + 1;
    }
  }
  return text.length;
}

function depthChange(character = ""): number {
  return Number("([<".includes(character)) - Number(")]>".includes(character));
}
