/** Commands: one file for each command that people run. */

import { bringUp, LOCAL_STACK } from "./local/local-stack.js";
import { report } from "./local/report.js";

/** `npm run up`: the service on a cluster on this machine. Arguments go to `pulumi up`: `npm run up -- --yes`. */
await report(() => bringUp(LOCAL_STACK, process.argv.slice(2)));
