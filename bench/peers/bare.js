// The limit: node:http reads the body and answers a constant of the size of a real answer.
import { createServer } from "node:http";

const answer = JSON.stringify({
  model: "mnist",
  version: "1",
  predictions: [
    {
      label: "7",
      probability: 0.998,
      top: Array.from({ length: 10 }, (_, label) => ({ label: String(label), probability: 0.012345678 })),
    },
  ],
});

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    Buffer.concat(chunks);
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(answer),
    });
    response.end(answer);
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
