/* The drawing board: a canvas with exactly the pixels that the network sees, its palette and tools.
   gradio calls this with `element`, `props`, `trigger` and `watch`. `props.value` is its state, which the server reads:
   {family, size, palette, drawing, truth, photo, pair, seed, tracing, judged}. "input" is a stroke, "upload" a picture from
   outside. `judged` says whether the critic's map is in sight; where it is not, it follows when it comes into sight. */
const KEPT = 60, EVERY = 150, LARGEST = 1e7, LONGEST_LINK = 16000;
const one = (selector) => element.querySelector(selector), all = (selector) => [...element.querySelectorAll(selector)];
const canvas = one("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true }), under = one(".gz-under"), cross = one(".gz-cross");
let current = props.value, past = [], later = null, last = 0, place = null, corner = null;

const tool = () => one('[name="tool"]:checked').value;
const palette = () => one("[data-palette]:not([hidden])");
const ground = () => palette().querySelector("input").value;
const colour = () => tool() === "eraser" ? ground() : palette().querySelector(":checked").value;
const width = () => Math.max(1, Math.round(one(".gz-pen input").value * canvas.width / 128));

// --- the state: from the server, and to it ----------------------------------------------------------------------

const set = (state) => { current = state; props.value = state; };
const show = () => {
  const { tracing, truth } = current;
  under.hidden = !tracing;
  if (tracing) under.src = truth; // the photo shows through while one draws over it
  one('[data-do="undo"]').disabled = !past.length;
};
const keep = () => {
  past.push({ pixels: pen.getImageData(0, 0, canvas.width, canvas.height), state: current });
  if (past.length > KEPT) past.shift();
};
const tell = () => { // gradio sends one at a time, and of those that wait the last
  clearTimeout(later);
  later = null; last = performance.now();
  ganzoo.stale ||= ganzoo.judging === false;
  set({ ...current, drawing: canvas.toDataURL("image/png"), judged: ganzoo.judging !== false });
  address();
  trigger("input");
};
const tellSoon = () => {
  const rest = EVERY - (performance.now() - last);
  if (rest <= 0) tell(); else later ||= setTimeout(tell, rest);
};
const begin = () => { // another drawing than the one whose photo is known
  keep();
  set({ ...current, truth: current.tracing ? current.truth : "", photo: "", pair: "", seed: null });
  pen.fillStyle = colour();
  last = performance.now(); // a short stroke is answered once, at its end
  show();
};
const received = async (first) => {
  const { size, drawing, palette: name, family } = props.value, picture = await ganzoo.picture(drawing);
  if (!first && canvas.width === size && element.dataset.family === family) keep(); else past = [];
  current = props.value;
  element.dataset.family = family;
  all("[data-palette]").forEach((p) => { p.hidden = p.dataset.palette !== name; });
  canvas.width = canvas.height = size;
  pen.drawImage(picture, 0, 0);
  scaled();
  show();
  address(first);
};
/* Whole pixels where they are clearly enlarged; on fewer screen pixels than that, lines would come and go. */
const scaled = () => canvas.classList.toggle("gz-smooth", canvas.clientWidth * devicePixelRatio < 1.5 * canvas.width);
const undo = () => {
  const before = past.pop();
  if (!before) return;
  pen.putImageData(before.pixels, 0, 0);
  set(before.state);
  show();
  tell();
};
const link = () => {
  const { family, pair, seed } = current, start = `?family=${encodeURIComponent(family)}`;
  if (pair) return `${start}&pair=${encodeURIComponent(pair)}`;
  if (seed !== null) return `${start}&drawing=${seed}`;
  const drawn = canvas.toDataURL("image/png").split(",")[1].replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return drawn.length <= LONGEST_LINK ? `${start}&d=${drawn}` : start;
};
const address = (first) => {
  element.dataset.link = link();
  if (!first && canvas.offsetParent) ganzoo.address();
};

// --- drawing ----------------------------------------------------------------------------------------------------

const dot = (x, y, size) => { // whole pixels only, so that no in-between colour arises
  const r = size / 2;
  for (let dy = -Math.floor(r); dy <= Math.floor(r); dy++) {
    const reach = Math.floor(Math.sqrt(Math.max(0, r * r - dy * dy)));
    pen.fillRect(x - reach, y + dy, Math.max(1, 2 * reach + (size > 1 ? 0 : 1)), 1);
  }
};
const line = (from, to, size) => {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  for (let i = 0; i <= steps; i++) dot(...[0, 1].map((k) => Math.round(from[k] + (to[k] - from[k]) * i / steps)), size);
};
const box = (a, b) => pen.fillRect(Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]) + 1, Math.abs(a[1] - b[1]) + 1);
const inside = (value) => Math.min(canvas.width - 1, Math.max(0, Math.floor(value)));
let start = null;
ganzoo.strokes(canvas, (at) => {
  begin();
  start = at.map(inside);
  if (tool() !== "box") { line(start, start, width()); tellSoon(); }
}, (from, at) => {
  const to = at.map(inside);
  if (tool() === "box") {
    pen.putImageData(past.at(-1).pixels, 0, 0);
    box(start, to);
  } else line(from.map(inside), to, width());
  tellSoon();
}, (at) => {
  const [x, y] = at.map(inside);
  if (tool() === "box" && x === start[0] && y === start[1]) { // a tap sets a small box
    const side = Math.round(canvas.width / 12);
    box([x - side / 2 | 0, y - side * 0.7 | 0], [x + side / 2 | 0, y + side * 0.7 | 0]);
  }
  tell();
});

const marked = () => { // boxes without a pointer
  cross.hidden = !place;
  if (!place) return;
  const a = corner || place, share = (v) => `${100 * v / canvas.width}%`;
  Object.assign(cross.style, { left: share(Math.min(a[0], place[0])), top: share(Math.min(a[1], place[1])),
    width: share(Math.abs(a[0] - place[0]) + 1), height: share(Math.abs(a[1] - place[1]) + 1) });
};
canvas.addEventListener("keydown", (key) => {
  const step = key.shiftKey ? 1 : Math.round(canvas.width / 32);
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key.key];
  if (way) place = (place || [canvas.width / 2, canvas.width / 2]).map((v, i) => inside(v + way[i] * step));
  else if (place && (key.key === "Enter" || key.key === " ")) {
    if (corner) { begin(); box(corner, place); corner = null; tell(); } else corner = place;
  } else if (key.key === "Escape") { if (corner) corner = null; else place = null; } else return;
  key.preventDefault();
  marked();
});
canvas.addEventListener("blur", () => { place = corner = null; marked(); });

// --- tools, and pictures from outside ---------------------------------------------------------------------------

one('[data-do="undo"]').addEventListener("click", undo);
one('[data-do="clear"]').addEventListener("click", () => {
  begin();
  pen.fillStyle = ground();
  pen.fillRect(0, 0, canvas.width, canvas.height);
  tell();
});
element.addEventListener("change", (change) => { // who chooses a colour wants to draw with it
  if (change.target.closest("[data-palette]") && tool() === "eraser") one('[value="box"]').checked = true;
});
const take = (file) => {
  if (!file) return;
  const sent = (picture) => { props.value = { ...current, picture }; trigger("upload"); };
  if (file.size > LARGEST) { sent("too large"); return; }
  const reader = new FileReader();
  reader.onload = () => sent(reader.result);
  reader.readAsDataURL(file);
};
const sheet = one(".gz-sheet");
for (const name of ["dragenter", "dragover"]) {
  sheet.addEventListener(name, (drag) => { drag.preventDefault(); sheet.classList.add("over"); });
}
sheet.addEventListener("dragleave", () => sheet.classList.remove("over"));
sheet.addEventListener("drop", (drop) => { drop.preventDefault(); sheet.classList.remove("over"); take(drop.dataTransfer.files[0]); });
const typing = (event) => event.target.matches?.('input:not([type="range"],[type="checkbox"],[type="radio"]), textarea');
document.addEventListener("paste", (paste) => {
  const item = [...(paste.clipboardData?.items || [])].find((i) => i.kind === "file");
  if (item && canvas.offsetParent && !typing(paste)) { paste.preventDefault(); take(item.getAsFile()); }
});
document.addEventListener("keydown", (key) => {
  if (!canvas.offsetParent || typing(key) || !(key.ctrlKey || key.metaKey) || key.shiftKey || key.key.toLowerCase() !== "z") return;
  key.preventDefault();
  undo();
});

new ResizeObserver(scaled).observe(canvas);
watch("value", () => received(false));
received(true);
if (ganzoo.query.includes("family=")) trigger("select", { query: ganzoo.query });
