import cluster from "node:cluster";
import { createServer } from "node:net";

// A worker for tests of its supervisor. It says what happens to it, and is as bad as its environment says, where each
// variable lists the ids of workers: UNABLE exit before they listen, STUBBORN do not stop, CLUMSY stop with code 4, LATE
// hear nothing of what they are told before they have started.
const { worker } = cluster;
const is = (variable) => (process.env[variable] ?? "").split(",").includes(String(worker.id));
const say = (text) => console.log(`worker ${worker.id} ${text}`);

say("begins");
if (is("UNABLE")) {
  process.exit(3);
}
function listen({ kind }) {
  say(`is told ${kind}`);
  if (kind === "stop" && !is("STUBBORN")) {
    process.exit(is("CLUMSY") ? 4 : 0);
  }
}

if (is("LATE")) {
  // Node.js keeps messages until there is a listener: one that hears nothing.
  worker.on("message", () => undefined);
} else {
  worker.on("message", listen);
}
const server = createServer().listen(0, "127.0.0.1", () => {
  worker.send({ kind: "started", port: server.address().port, models: ["m/1"] });
  if (is("LATE")) {
    worker.on("message", listen);
  }
});
