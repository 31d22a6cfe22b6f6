import { report } from "./report.js";
import { noticeRemovedContainers, setUp, STACK } from "./setup.js";
import { summary } from "./summary.js";

/** `npm run up`: the service on a cluster on this machine. Arguments go to `pulumi up`: `npm run up -- --yes`. */
await report(async () => {
  const cli = await setUp();
  await noticeRemovedContainers(cli);
  cli.run("up", "--stack", STACK, ...process.argv.slice(2));
  console.log(
    summary(JSON.parse(cli.ask("stack", "output", "--stack", STACK, "--json", "--show-secrets") ?? "{}")),
  );
});
