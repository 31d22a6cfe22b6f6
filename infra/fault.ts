import * as pulumi from "@pulumi/pulumi";

/**
 * An error that Pulumi reports by its message alone: for what a person can put right.
 * It has no stack: Pulumi would render it, and Node.js takes a minute for the frames of a package that is a scope's
 * only folder, see https://github.com/pulumi/pulumi/issues/20567.
 */
export function fault(message: string): Error {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
