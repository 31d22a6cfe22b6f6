import { LAPTOP, takeDown } from "./laptop.js";
import { report } from "./report.js";

/** `npm run down`: takes away what `npm run up` made. Arguments go to `pulumi destroy`: `npm run down -- --yes`. */
await report(() => takeDown(LAPTOP, process.argv.slice(2)));
