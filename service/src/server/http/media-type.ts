/** A Content-Type header taken apart; the type is lower-case, empty when the header is absent. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const NONE: MediaType["parameters"] = new Map();

export function parseMediaType(header = ""): MediaType {
  // Most have no parameters, and most of the time here would go into splitting.
  if (!header.includes(";")) {
    return { type: header.trim().toLowerCase(), parameters: NONE };
  }
  const [type = "", ...rest] = header.split(";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = "", value = ""] = parameter.split("=", 2);
    parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1"));
  }
  return { type: type.trim().toLowerCase(), parameters };
}
