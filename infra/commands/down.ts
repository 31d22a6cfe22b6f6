import { LOCAL_STACK, takeDown } from "./local/local-stack.js";
import { report } from "./local/report.js";

/** `npm run down`: takes away what `npm run up` made. Arguments go to `pulumi destroy`: `npm run down -- --yes`. */
await report(() => takeDown(LOCAL_STACK, process.argv.slice(2)));
