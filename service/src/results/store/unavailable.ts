import { ServiceError } from "../../server/errors.js";

/** What a caller is told when the database fails; the log has its own words. */
export function unavailable(cause: unknown): ServiceError {
  return new ServiceError(
    "storage_unavailable",
    "The database does not answer, or refuses to write: nothing of this request was kept; try again.",
    { cause },
  );
}
