import { report } from "./report.js";
import { setUp, STACK } from "./setup.js";

/** `npm run down`: takes away what `npm run up` made. Arguments go to `pulumi destroy`: `npm run down -- --yes`. */
await report(async () => {
  const cli = await setUp();
  cli.run("destroy", "--stack", STACK, ...process.argv.slice(2));
  cli.run("stack", "rm", STACK, "--yes");
});
