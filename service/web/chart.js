/** Rows shown at most; a model with more labels shows its most probable ones. */
export const MAX_ROWS = 12;

const natural = new Intl.Collator(undefined, { numeric: true });

/** Labels in the order to show them: all that are known in their natural order, or the best ones when there are many. */
export function rowOrder(known, top) {
  if (known.length <= MAX_ROWS) return [...known].sort(natural.compare);
  return top.slice(0, MAX_ROWS).map((entry) => entry.label);
}

/** A share from 0 to 1 as a percentage that never rounds up to a certainty. */
export function percentage(share) {
  const text = (100 * share).toFixed(1);
  return text === "100.0" && share < 1 ? ">99.9 %" : `${text} %`;
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function createRow(label) {
  const row = document.createElement("li");
  const name = element("span", "name");
  const track = element("div", "track");
  const share = element("span", "share");
  name.textContent = label;
  name.title = label;
  track.setAttribute("role", "meter");
  track.setAttribute("aria-label", label);
  track.setAttribute("aria-valuemin", "0");
  track.setAttribute("aria-valuemax", "1");
  track.append(element("div", "fill"));
  row.append(name, track, share);
  return { row, track, share };
}

function updateRow({ row, track, share }, probability, best) {
  row.classList.toggle("best", best);
  track.style.setProperty("--share", String(probability));
  track.setAttribute("aria-valuenow", String(probability));
  share.textContent = percentage(probability);
}

/** Bars of probability by label in `list`. Labels come from the answers alone. */
export function createChart(list) {
  const rows = new Map();

  const show = (labels) => {
    const wanted = labels.map((label) => rows.get(label).row);
    const same = wanted.length === list.children.length && wanted.every((row, i) => row === list.children[i]);
    if (!same) list.replaceChildren(...wanted);
  };

  return {
    /** Adds labels before any answer has named them. */
    announce(labels) {
      for (const label of labels) if (!rows.has(label)) rows.set(label, createRow(label));
    },
    /** `top` is a prediction's list of `{label, probability}`, best first; empty sets every bar to zero. */
    update(top) {
      this.announce(top.map((entry) => entry.label));
      const probability = new Map(top.map((entry) => [entry.label, entry.probability]));
      for (const [label, row] of rows) updateRow(row, probability.get(label) ?? 0, label === top[0]?.label);
      show(rowOrder([...rows.keys()], top));
    },
  };
}
