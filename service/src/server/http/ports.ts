import { ServiceError } from "../errors.js";
import type { Route } from "./route.js";

/** What each port answers where administrators have one of their own. Both tell how the process is. */
export interface RoutesByPort {
  readonly callers: Route[];
  readonly administrators: Route[];
}

/** Divides routes between two ports. */
export function byPort(routes: readonly Route[]): RoutesByPort {
  return {
    callers: routes.map((route) => (route.access === "administrator" ? elsewhere(route) : route)),
    administrators: routes.filter(
      ({ access, besidePage }) => access === "administrator" || (access === "anybody" && besidePage !== true),
    ),
  };
}

/** In the place of an administrator's route: it is not here, and whoever looks for it is told where it is. */
function elsewhere({ method, path }: Route): Route {
  return {
    method,
    path,
    access: "anybody",
    handle() {
      throw new ServiceError(
        "not_found",
        "This path is the administrator's: the port ADMIN_PORT alone answers it.",
      );
    },
  };
}
