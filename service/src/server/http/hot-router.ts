import { ServiceError } from "../errors.js";
import type { HotRoute, Parameters } from "./route.js";

export interface Match {
  readonly route: HotRoute;
  readonly parameters: Parameters;
}

/** Finds the hot route of a path: undefined when there is none. Throws not_found for parameters that are not UTF-8. */
export function createHotRouter(routes: readonly HotRoute[]): (path: string) => Match | undefined {
  return (path) => {
    for (const route of routes) {
      const groups = route.pattern.exec(path);
      if (groups !== null) {
        return { route, parameters: decode(groups.groups) };
      }
    }
    return undefined;
  };
}

const NONE: Parameters = {};

function decode(groups: Readonly<Record<string, string | undefined>> | undefined): Parameters {
  if (groups === undefined) {
    return NONE;
  }
  return Object.fromEntries(
    Object.entries(groups).map(([name, text]) => [name, text === undefined ? text : decoded(text)]),
  );
}

function decoded(text: string): string {
  if (!text.includes("%")) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ServiceError("not_found", "The path holds a percent sign that encodes nothing.", { cause });
  }
}
