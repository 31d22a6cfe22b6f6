import { match, type MatchFunction } from "path-to-regexp";
import { ServiceError } from "../errors.js";
import { nameOf, type Parameters, type Route } from "./route.js";

/** All routes at one path. */
export interface RoutesAtPath {
  readonly name: string;
  /** By method. */
  readonly routes: ReadonlyMap<string, Route>;
  /** For the header `Allow`. */
  readonly allowed: readonly string[];
}

export interface Match {
  readonly at: RoutesAtPath;
  readonly parameters: Parameters;
}

/** Finds what lies at a path: undefined when nothing does. Throws not_found for parameters that are not UTF-8. */
export type Router = (path: string) => Match | undefined;

const NONE: Parameters = {};

/** A router over `routes`. Paths without parameters are looked up; the others are tried in the order given. */
export function createRouter(routes: readonly Route[]): Router {
  const fixed = new Map<string, Match>();
  const patterns: { readonly at: RoutesAtPath; readonly matches: MatchFunction<Parameters> }[] = [];
  for (const path of new Set(routes.map((route) => route.path))) {
    const at = routesAt(routes.filter((route) => route.path === path));
    if (/[:{*]/.test(path)) {
      patterns.push({ at, matches: match<Parameters>(path, { sensitive: true, decode: decoded }) });
    } else {
      fixed.set(path, { at, parameters: NONE });
    }
  }
  return (path) => {
    const found = fixed.get(path) ?? (path.endsWith("/") ? fixed.get(path.slice(0, -1)) : undefined);
    if (found !== undefined) {
      return found;
    }
    for (const { at, matches } of patterns) {
      const result = matches(path);
      if (result !== false) {
        return { at, parameters: result.params };
      }
    }
    return undefined;
  };
}

function routesAt(here: readonly Route[]): RoutesAtPath {
  const [first] = here;
  if (first === undefined) {
    throw new RangeError("There is no route.");
  }
  return {
    name: nameOf(first),
    routes: new Map(here.flatMap((route) => methodsOf(route).map((method) => [method, route]))),
    allowed: here.flatMap(methodsOf),
  };
}

/** An answer to GET answers HEAD too, without its body. */
function methodsOf({ method }: Route): string[] {
  return method === "GET" ? ["GET", "HEAD"] : [method];
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
