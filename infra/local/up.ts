import { bringUp, LAPTOP } from "./laptop.js";
import { report } from "./report.js";

/** `npm run up`: the service on a cluster on this machine. Arguments go to `pulumi up`: `npm run up -- --yes`. */
await report(() => bringUp(LAPTOP, process.argv.slice(2)));
