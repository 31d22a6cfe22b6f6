import cluster from "node:cluster";
import { createServer } from "node:net";

// A worker for tests of its supervisor. It says what happens to it, and is as bad as its environment says, where each
// variable lists the ids of workers: UNABLE exit before they listen, STUBBORN do not stop, CLUMSY stop with code 4.
const { worker } = cluster;
const is = (variable) => (process.env[variable] ?? "").split(",").includes(String(worker.id));
const say = (text) => console.log(`worker ${worker.id} ${text}`);

say("begins");
if (is("UNABLE")) {
  process.exit(3);
}
worker.on("message", ({ kind }) => {
  say(`is told ${kind}`);
  if (kind === "stop" && !is("STUBBORN")) {
    process.exit(is("CLUMSY") ? 4 : 0);
  }
});
const server = createServer().listen(0, "127.0.0.1", () => {
  worker.send({ kind: "started", port: server.address().port, models: ["m/1"] });
});
