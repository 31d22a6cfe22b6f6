import { bringUp, LAPTOP } from "./local/local-stack.js";
import { report } from "./local/report.js";

/** `npm run up`: the service on a cluster on this machine. Arguments go to `pulumi up`: `npm run up -- --yes`. */
await report(() => bringUp(LAPTOP, process.argv.slice(2)));
