import { KeyNeeded, metadata, onlyModel, predict, ready, Refused, Unavailable, useKey } from "./api.js";
import { createChart, MAX_ROWS, percentage } from "./chart.js";
import { latestOnly } from "./latest-only.js";
import { createPad } from "./pad.js";
import { drawView } from "./view.js";

/** Milliseconds between two looks at a server that was not ready. */
const RETRY_MS = 1000;

const $ = (id) => document.getElementById(id);
const chart = createChart($("chart"));
let predictions = 0;

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = text === "";
}

function showModel(name, version) {
  $("model").textContent = `${name}, version ${version}`;
}

function showVerdict(label, probability, milliseconds) {
  $("label").textContent = label;
  $("label").classList.toggle("long", label.length > 2);
  $("label").classList.toggle("empty", label === "–");
  $("probability").textContent = probability;
  $("latency").textContent = milliseconds;
}

function showEmpty() {
  chart.update([]);
  showVerdict("–", "–", "–");
  $("raw").hidden = true;
  $("seen").hidden = true;
  $("save").hidden = true;
}

function showAnswer({ answer, seconds }) {
  const [prediction] = answer.predictions;
  const labelled = typeof prediction?.label === "string";
  predictions += 1;
  $("count").textContent = predictions.toLocaleString();
  showModel(answer.model, answer.version);
  showVerdict(
    labelled ? prediction.label : "–",
    labelled ? percentage(prediction.probability) : "–",
    `${(1000 * seconds).toFixed(1)} ms`,
  );
  chart.update(labelled ? (prediction.top ?? [prediction]) : []);
  $("seen").hidden = !prediction?.view;
  if (prediction?.view) drawView($("seen-picture"), prediction.view);
  $("raw").hidden = labelled;
  if (!labelled) $("raw").textContent = JSON.stringify(answer.predictions, null, 1);
}

let savedUrl = "";
function offerPicture(png) {
  URL.revokeObjectURL(savedUrl);
  savedUrl = URL.createObjectURL(png);
  $("save").href = savedUrl;
  $("save").hidden = false;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until the server is ready, telling the person meanwhile. */
async function waitUntilReady(reason) {
  for (let message = reason; message;) {
    notice(`${message} Trying again…`);
    await pause(RETRY_MS);
    message = await ready().then(
      () => "",
      (error) => error.message,
    );
  }
  notice("");
}

/** Tells the person what is wrong; waits first when it may pass. True when another try is worth it. */
async function explain(error) {
  if (error instanceof Unavailable) {
    await waitUntilReady(error.message);
    return true;
  }
  if (error instanceof KeyNeeded) $("key-form").hidden = false;
  else if (!(error instanceof Refused)) throw error;
  // The first dots of a stroke are nothing that a model could recognise: no reason to complain yet.
  else if (!pad.drawing) notice(error.message);
  showEmpty();
  return false;
}

/** One prediction of what is on the pad now. What was cleared meanwhile is not shown. */
async function predictNow() {
  if (pad.empty) return showEmpty();
  const png = await pad.snapshot();
  try {
    const result = await predict(png, MAX_ROWS);
    notice("");
    if (pad.empty) return showEmpty();
    showAnswer(result);
    offerPicture(png);
  } catch (error) {
    if (await explain(error)) void update();
  }
}

const update = latestOnly(predictNow);
const pad = createPad($("ink"), () => {
  $("hint").hidden = !pad.empty;
  void update();
});

function speak() {
  $("spoken").textContent = pad.empty ? "" : `${$("label").textContent}, ${$("probability").textContent}`;
}

async function loadPicture(file) {
  if (!file) return;
  await pad
    .load(file)
    .catch(() => notice(`${file.name || "That"} is not a picture that this browser can read.`));
}

function connectTools() {
  $("clear").addEventListener("click", () => pad.clear());
  $("undo").addEventListener("click", () => pad.undo());
  $("upload").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", async (event) => {
    await loadPicture(event.target.files[0]);
    event.target.value = "";
  });
  for (const done of ["pointerup", "keyup"]) {
    $("ink").addEventListener(done, async () => {
      await update();
      speak();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pad.clear();
    if (event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      pad.undo();
    }
  });
}

function connectDrop() {
  const over = (inside) => (event) => {
    event.preventDefault();
    $("pad").classList.toggle("dropping", inside);
  };
  document.addEventListener("dragover", over(true));
  document.addEventListener("dragleave", over(false));
  document.addEventListener("drop", (event) => {
    over(false)(event);
    void loadPicture(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => void loadPicture(event.clipboardData.files[0]));
}

function connectCurl() {
  const url = new URL("predict", document.baseURI).href;
  $("curl").textContent = `curl -H 'content-type: image/png' --data-binary @picture.png ${url}`;
  $("copy").addEventListener("click", async () => {
    // Browsers give the clipboard to HTTPS and localhost alone; elsewhere the line is selected, ready to be copied.
    getSelection().selectAllChildren($("curl"));
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText($("curl").textContent);
    $("copy").textContent = "Copied";
    await pause(1500);
    $("copy").textContent = "Copy";
  });
}

/** Shows the model before the first prediction, when it is clear which one answers. */
async function introduce() {
  try {
    const model = await onlyModel();
    if (!model) return;
    showModel(model.name, model.version);
    const { outputs = [] } = await metadata(model.name);
    chart.announce(outputs.flatMap((output) => output.parameters?.labels ?? []));
    if (pad.empty) showEmpty();
  } catch (error) {
    // A server may keep its list of models to itself; the first answer names the model.
    if (!(error instanceof Refused) && (await explain(error))) await introduce();
  }
}

function connectKey() {
  $("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useKey($("key").value);
    $("key-form").hidden = true;
    void introduce();
    void update();
  });
}

connectTools();
connectDrop();
connectCurl();
connectKey();
void introduce();
