/** Width of the pen as a share of the pad's side: as thick as a felt pen on a note. */
const PEN = 0.075;

/** Side in pixels of the picture that is sent for a drawing, and the longest side of one that was uploaded. */
const SENT_PIXELS = 280;
const UPLOAD_PIXELS = 640;

/** How far an arrow key moves the pen, as a share of the side. */
const KEY_STEP = 0.035;

const KEY_MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value) => Math.min(1, Math.max(0, value));

/** Strokes as smooth lines: quadratic curves through the midpoints between sampled points. */
function trace(context, strokes, side, colour) {
  context.strokeStyle = colour;
  context.lineWidth = PEN * side;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const points of strokes) {
    context.beginPath();
    context.moveTo(points[0].x * side, points[0].y * side);
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1], points[i]];
      context.quadraticCurveTo(
        from.x * side,
        from.y * side,
        ((from.x + to.x) / 2) * side,
        ((from.y + to.y) / 2) * side,
      );
    }
    const last = points[points.length - 1];
    context.lineTo(last.x * side, last.y * side);
    context.stroke();
  }
}

/** Where a picture goes so that all of it shows in a square of `side`. */
function contain(picture, side) {
  const scale = side / Math.max(picture.width, picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return [(side - width) / 2, (side - height) / 2, width, height];
}

/**
 * A pad on `canvas` that holds either strokes or one picture. `changed` is called after each change has been drawn.
 * Points are shares of the side, so that a resize keeps the drawing.
 */
export function createPad(canvas, changed) {
  const context = canvas.getContext("2d");
  let strokes = [];
  let picture = null;
  let cursor = null;
  let frame = 0;

  function draw() {
    frame = 0;
    const side = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
    if (canvas.width !== side) canvas.width = canvas.height = side;
    context.clearRect(0, 0, side, side);
    context.imageSmoothingEnabled = Boolean(picture && picture.width > 100);
    if (picture) context.drawImage(picture, ...contain(picture, side));
    const colour = getComputedStyle(canvas).color;
    trace(context, strokes, side, colour);
    if (cursor) drawCursor(side, colour);
  }

  function drawCursor(side, colour) {
    context.beginPath();
    context.arc(cursor.x * side, cursor.y * side, (PEN / 2) * side, 0, 2 * Math.PI);
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.stroke();
  }

  function redraw() {
    frame ||= requestAnimationFrame(draw);
  }

  function change() {
    redraw();
    changed();
  }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: clamp((event.clientX - box.left) / box.width),
      y: clamp((event.clientY - box.top) / box.height),
    };
  }

  function begin(at) {
    picture = null;
    strokes.push([at]);
    change();
  }

  function extend(points) {
    strokes[strokes.length - 1].push(...points);
    change();
  }

  let drawing = false;
  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    drawing = true;
    cursor = null;
    canvas.setPointerCapture(event.pointerId);
    begin(point(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing || !event.isPrimary) return;
    const samples = event.getCoalescedEvents?.() ?? [];
    extend((samples.length > 0 ? samples : [event]).map(point));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.isPrimary) drawing = false;
    });
  }

  let penDown = false;
  function moveCursor([dx, dy]) {
    cursor = { x: clamp(cursor.x + dx * KEY_STEP), y: clamp(cursor.y + dy * KEY_STEP) };
    if (penDown) extend([cursor]);
    else redraw();
  }

  function togglePen() {
    penDown = !penDown;
    if (penDown) begin(cursor);
  }

  canvas.addEventListener("keydown", (event) => {
    const move = KEY_MOVES[event.key];
    if (!move && event.key !== " ") return;
    event.preventDefault();
    cursor ??= { x: 0.5, y: 0.5 };
    if (move) moveCursor(move);
    else togglePen();
  });
  canvas.addEventListener("blur", () => {
    penDown = false;
    cursor = null;
    redraw();
  });

  new ResizeObserver(redraw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  return {
    /** Whether a stroke is under way. */
    get drawing() {
      return drawing || penDown;
    },
    get empty() {
      return strokes.length === 0 && picture === null;
    },
    clear() {
      strokes = [];
      picture = null;
      penDown = false;
      change();
    },
    undo() {
      if (picture) picture = null;
      else strokes.pop();
      penDown = false;
      change();
    },
    /** Shows a picture file in place of the drawing. Rejects when the browser cannot read it. */
    async load(file) {
      picture = await createImageBitmap(file);
      strokes = [];
      change();
    },
    /** What to send, as a PNG: the drawing in black on white, or the picture in its own proportions. */
    snapshot() {
      const sent = document.createElement("canvas");
      const scale = picture ? Math.min(1, UPLOAD_PIXELS / Math.max(picture.width, picture.height)) : 1;
      sent.width = picture ? Math.max(1, Math.round(picture.width * scale)) : SENT_PIXELS;
      sent.height = picture ? Math.max(1, Math.round(picture.height * scale)) : SENT_PIXELS;
      const target = sent.getContext("2d");
      target.fillStyle = "#fff";
      target.fillRect(0, 0, sent.width, sent.height);
      if (picture) target.drawImage(picture, 0, 0, sent.width, sent.height);
      else trace(target, strokes, SENT_PIXELS, "#000");
      return new Promise((resolve) => sent.toBlob(resolve, "image/png"));
    },
  };
}
