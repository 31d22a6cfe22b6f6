// A model behind express as one would first write it: no batching, no limits, one run per request.
import express from "express";
import * as ort from "onnxruntime-node";

const session = await ort.InferenceSession.create(process.env.MODEL, { intraOpNumThreads: 1 });
const [input] = session.inputNames;
const [output] = session.outputNames;

async function predict(pixels) {
  const results = await session.run({ [input]: new ort.Tensor("float32", pixels, [1, pixels.length]) });
  const probabilities = Array.from(results[output].data);
  return { label: probabilities.indexOf(Math.max(...probabilities)), probabilities };
}

const app = express();
app.use(express.json({ limit: "10mb" }));
app.use(express.raw({ type: "application/octet-stream", limit: "10mb" }));

app.post("/predict", async (request, response) => {
  if (Buffer.isBuffer(request.body)) {
    response.json(await predict(Float32Array.from(request.body, (pixel) => pixel / 255)));
    return;
  }
  const predictions = [];
  for (const instance of request.body.instances) predictions.push(await predict(Float32Array.from(instance)));
  response.json({ predictions });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
