/* The tab Compare: the drawing board, and one request at a time to the server that carries everything it needs.
   The canvas has exactly the pixels that the network sees; the browser smooths it only where it has less room than that. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  const KEPT = 60, EVERY = 250, PATIENCE = 15000, RAW = 3e6, LARGEST = 1e7, LONGEST_LINK = 16000;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const state = { family: "facades", seed: null, truth: "", pair: "", edited: false, tracing: false, tool: "box", critic: "", answer: null };
  const listeners = [];
  let canvas, pen, words, ask, past = [];

  const say = (text) => {
    const line = one("#cmp-controls .gz-cmp-said");
    if (line) { line.textContent = text || ""; line.hidden = !text; }
  };
  const load = (source) => new Promise((done, fail) => {
    const picture = new Image();
    picture.onload = () => done(picture);
    picture.onerror = fail;
    picture.src = source;
  });
  const visible = () => canvas && canvas.offsetParent;

  // --- one request at a time --------------------------------------------------------------------------------------

  let serial = 0, pending = null, sent = null, timer = null, last = 0, later = null;
  const send = () => {
    if (sent || !pending || !ask) return;
    sent = { ...pending, id: ++serial };
    pending = null;
    last = performance.now();
    const remote = /^(?!runs\/)[^/]+\/[^/]+$/.test(sent.family || ""); // a model of the Hub may have to be fetched first
    if (remote) say(words.cmp_fetching);
    timer = setTimeout(() => { sent = null; say(words.cmp_no_answer); send(); }, remote ? 10 * PATIENCE : PATIENCE);
    ask("input");
  };
  const want = (wish) => {
    if (!pending || pending.do === "draw" || wish.do !== "draw") pending = wish;
    send();
  };
  const draw = () => { clearTimeout(later); later = null; state.edited = true; want({ do: "draw" }); };
  const drawSoon = () => { // while the pointer is down: about four times a second, the last stroke always
    const rest = EVERY - (performance.now() - last);
    if (rest <= 0) draw(); else if (!later) later = setTimeout(draw, rest);
  };
  const received = async (answer) => {
    if (sent && answer.id === sent.id) { clearTimeout(timer); sent = null; } else if (answer.id) return;
    if (!answer.failed) await apply(answer);
    say(answer.refused);
    send();
  };
  const apply = async (answer) => {
    const moved = answer.family !== state.family || answer.size !== canvas.width;
    const first = !state.answer;
    if (answer.drawing) {
      const picture = await load(answer.drawing);
      if (!first && !moved) keep();
      if (moved) past = [];
      canvas.width = canvas.height = answer.size;
      pen.drawImage(picture, 0, 0);
      scaled();
      Object.assign(state, { truth: "", tracing: false, pair: answer.pair, seed: answer.seed, edited: answer.seed === null && !answer.pair });
    }
    if (answer.truth) state.truth = answer.truth;
    Object.assign(state, { family: answer.family, answer, critic: answer.critic || "" });
    all("#cmp-controls [data-family]").forEach((b) => b.setAttribute("aria-pressed", b.dataset.family === answer.family));
    const select = one("#cmp-others [data-families]");
    if (select) select.value = all("option", select).some((o) => o.value === answer.family) ? answer.family : "";
    const summary = one("#cmp-others summary");
    if (summary) {
      summary.dataset.words = summary.dataset.words || summary.textContent;
      const other = !all("#cmp-controls [data-family]").some((b) => b.dataset.family === answer.family);
      summary.textContent = summary.dataset.words + (other ? `: ${answer.family}` : "");
    }
    all("#cmp-board [data-palette]").forEach((p) => { p.hidden = p.dataset.palette !== answer.palette; });
    one("#cmp-board [data-vary]").hidden = !answer.varies;
    one('[data-do="example"]').hidden = !answer.real;
    if (answer.drawing || !state.truth) reveal(false);
    one('[data-do="truth"]').hidden = Boolean(state.truth);
    one('[data-do="undo"]').disabled = !past.length;
    if (!first) address();
    listeners.forEach((listener) => listener());
  };

  /* The real photo lies over the drawing, so that everything else stays where it is. */
  const reveal = (on) => {
    const photo = one("#cmp-board .gz-truth"), button = one('[data-do="reveal"]');
    if (on) photo.src = state.truth;
    photo.hidden = !on && !state.tracing;
    photo.classList.toggle("gz-faint", !on && state.tracing);
    button.hidden = !state.truth;
    button.textContent = on ? words.cmp_unreveal : words.cmp_reveal;
  };

  /* Whole pixels where they are clearly enlarged; on fewer screen pixels than that, lines would come and go. */
  const scaled = () => canvas.classList.toggle("gz-smooth", canvas.clientWidth * devicePixelRatio < 1.5 * canvas.width);

  // --- the address carries the scene ------------------------------------------------------------------------------

  const link = () => {
    const family = `?family=${encodeURIComponent(state.family)}`;
    if (!state.edited && state.pair) return `${family}&pair=${encodeURIComponent(state.pair)}`;
    if (!state.edited && state.seed !== null) return `${family}&drawing=${state.seed}`;
    const drawn = canvas.toDataURL("image/png").split(",")[1].replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    return drawn.length <= LONGEST_LINK ? `${family}&d=${drawn}` : family;
  };
  const address = () => { if (visible()) history.replaceState(history.state, "", location.pathname + link()); };
  const restore = () => {
    const said = new URLSearchParams(location.search), family = said.get("family");
    const seed = said.get("drawing"), drawn = said.get("d");
    if (!family) return;
    if (said.get("pair")) want({ do: "example", family, pair: said.get("pair") });
    else if (drawn) {
      want({ do: "restore", family, file: "data:image/png;base64," + pad(drawn.replace(/-/g, "+").replace(/_/g, "/")) });
    } else want({ do: "surprise", family, seed: seed === null ? null : Number(seed) });
  };
  const pad = (text) => text + "=".repeat((4 - text.length % 4) % 4);

  // --- history ----------------------------------------------------------------------------------------------------

  const keep = () => {
    past.push({ pixels: pen.getImageData(0, 0, canvas.width, canvas.height), truth: state.truth, pair: state.pair, seed: state.seed, edited: state.edited });
    if (past.length > KEPT) past.shift();
    one('[data-do="undo"]').disabled = false;
  };
  const undo = () => {
    const before = past.pop();
    if (!before) return;
    pen.putImageData(before.pixels, 0, 0);
    Object.assign(state, { tracing: state.tracing && before.truth === state.truth, truth: before.truth, pair: before.pair, seed: before.seed });
    reveal(false);
    draw();
    state.edited = before.edited;
    one('[data-do="undo"]').disabled = !past.length;
  };

  // --- drawing ----------------------------------------------------------------------------------------------------

  const palette = () => one("#cmp-board [data-palette]:not([hidden])");
  const ground = () => one("[data-colour]", palette()).dataset.colour;
  const colour = () => state.tool === "eraser" ? ground() : one('[aria-pressed="true"]', palette()).dataset.colour;
  const width = () => Math.max(1, Math.round(one("#cmp-board .gz-pen input").value * canvas.width / 128));
  const dot = (x, y, size) => { // whole pixels only, so that no in-between colour arises
    const r = size / 2;
    for (let dy = -Math.floor(r); dy <= Math.floor(r); dy++) {
      const reach = Math.floor(Math.sqrt(Math.max(0, r * r - dy * dy)));
      pen.fillRect(x - reach, y + dy, Math.max(1, 2 * reach + (size > 1 ? 0 : 1)), 1);
    }
  };
  const line = (from, to, size) => {
    const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    for (let i = 0; i <= steps; i++) {
      dot(Math.round(from[0] + (to[0] - from[0]) * i / steps), Math.round(from[1] + (to[1] - from[1]) * i / steps), size);
    }
  };
  const box = (a, b) => pen.fillRect(
    Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]) + 1, Math.abs(a[1] - b[1]) + 1);
  const at = (event) => {
    const place = canvas.getBoundingClientRect();
    const cell = (value, low, size) => Math.min(canvas.width - 1, Math.max(0, Math.floor((value - low) * canvas.width / size)));
    return [cell(event.clientX, place.left, place.width), cell(event.clientY, place.top, place.height)];
  };
  const begin = () => { keep(); if (!state.tracing) state.truth = ""; reveal(false); say(""); pen.fillStyle = colour(); };

  const pointers = () => {
    let from = null, under = null, moved = false;
    canvas.addEventListener("pointerdown", (down) => {
      if (down.button) return;
      canvas.setPointerCapture(down.pointerId);
      begin();
      from = at(down); moved = false;
      under = past[past.length - 1].pixels;
      if (state.tool !== "box") { line(from, from, width()); drawSoon(); }
    });
    canvas.addEventListener("pointermove", (move) => {
      if (!from) return;
      const to = at(move);
      if (state.tool === "box") {
        moved = moved || to[0] !== from[0] || to[1] !== from[1];
        pen.putImageData(under, 0, 0);
        box(from, to);
      } else { line(from, to, width()); from = to; }
      drawSoon();
    });
    const end = (up) => {
      if (!from) return;
      if (state.tool === "box" && !moved) { // a tap sets a small box
        const side = Math.round(canvas.width / 12), [x, y] = at(up);
        box([x - side / 2 | 0, y - side * 0.7 | 0], [x + side / 2 | 0, y + side * 0.7 | 0]);
      }
      from = null;
      draw();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
  };
  const keys = () => { // boxes without a pointer
    let place = null, corner = null;
    const cross = one("#cmp-board .gz-cross");
    const show = () => {
      cross.hidden = !place;
      if (!place) return;
      const [a, b] = [corner || place, place], share = (v) => `${100 * v / canvas.width}%`;
      Object.assign(cross.style, { left: share(Math.min(a[0], b[0])), top: share(Math.min(a[1], b[1])),
        width: share(Math.abs(a[0] - b[0]) + 1), height: share(Math.abs(a[1] - b[1]) + 1) });
    };
    canvas.addEventListener("keydown", (key) => {
      const step = key.shiftKey ? 1 : Math.round(canvas.width / 32);
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key.key];
      if (way) {
        place = (place || [canvas.width / 2, canvas.width / 2]).map((v, i) => Math.min(canvas.width - 1, Math.max(0, v + way[i] * step)));
      } else if (place && (key.key === "Enter" || key.key === " ")) {
        if (corner) { begin(); box(corner, place); corner = null; draw(); } else corner = place;
      } else if (key.key === "Escape") { if (corner) corner = null; else place = null; } else return;
      key.preventDefault();
      show();
    });
    canvas.addEventListener("blur", () => { place = corner = null; show(); });
  };

  // --- pictures from outside --------------------------------------------------------------------------------------

  const asText = (blob) => new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = fail;
    reader.readAsDataURL(blob);
  });
  const shrunk = async (file) => { // a camera's 12 megapixels are made small here, not on the way
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 1536 / Math.max(picture.width, picture.height));
    const sheet = document.createElement("canvas");
    sheet.width = Math.max(1, Math.round(picture.width * scale));
    sheet.height = Math.max(1, Math.round(picture.height * scale));
    one2d(sheet).drawImage(picture, 0, 0, sheet.width, sheet.height);
    return sheet.toDataURL("image/jpeg", 0.95);
  };
  const one2d = (sheet) => sheet.getContext("2d", { willReadFrequently: true });
  const take = async (file, wish = "upload") => {
    if (!file) return;
    say("");
    try {
      let text = "";
      const known = /png|jpe?g|webp|gif|tiff?|bmp/.test(file.type); // the server reads these; the browser more
      if (file.size > RAW || !known) text = await shrunk(file).catch(() => "");
      if (!text && file.size <= LARGEST) text = await asText(file);
      if (!text) throw new Error("too large");
      want({ do: wish, file: text });
    } catch { say(words.cmp_no_picture); }
  };
  const camera = async () => {
    const panel = one("#cmp-board .gz-camera"), video = one("video", panel);
    say("");
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
      panel.hidden = false;
      await video.play();
    } catch { shut(); say(words.cmp_no_camera); }
  };
  const shut = () => {
    const panel = one("#cmp-board .gz-camera"), video = one("video", panel);
    if (video.srcObject) video.srcObject.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    panel.hidden = true;
  };
  const shoot = () => {
    const video = one("#cmp-board video"), side = Math.min(video.videoWidth, video.videoHeight);
    if (!side) return;
    const sheet = document.createElement("canvas");
    sheet.width = sheet.height = Math.min(side, 512);
    one2d(sheet).drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, sheet.width, sheet.width);
    shut();
    want({ do: "upload", file: sheet.toDataURL("image/png") });
  };

  // --- what the buttons do ----------------------------------------------------------------------------------------

  let choosing = "upload";
  const choose = (wish) => { choosing = wish; one('#cmp-controls input[type="file"]').click(); };
  const open = (family) => {
    if (!canvas) { history.replaceState(history.state, "", location.pathname + `?family=${encodeURIComponent(family)}`); return; }
    state.critic = "";
    want({ do: "family", family, palette: state.answer?.palette, seed: state.edited ? null : state.seed });
  };
  const copy = async (button) => {
    const target = location.origin + location.pathname + link(), before = button.textContent;
    history.replaceState(history.state, "", location.pathname + link());
    try {
      await navigator.clipboard.writeText(target);
      button.textContent = /[?&](d|drawing)=/.test(target) ? words.copied : words.cmp_link_short;
    } catch { window.prompt("", target); }
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  const deeds = {
    surprise: () => want({ do: "surprise", seed: Math.floor(Math.random() * 1e6) }),
    example: () => want({ do: "example" }),
    back: () => want({ do: "upload", family: state.answer.back, file: state.answer.photo }),
    keep: () => { state.tracing = false; want({ do: "truth", file: state.answer.photo }); },
    trace: () => { // the photo shows through while one draws over it
      const photo = state.answer.photo;
      deeds.clear();
      Object.assign(state, { truth: photo, tracing: true });
      reveal(false);
      one("#cmp-board .gz-truth").src = photo;
      want({ do: "draw" });
    },
    reveal: () => reveal(one("#cmp-board .gz-truth").matches("[hidden], .gz-faint")),
    upload: () => choose("upload"),
    truth: () => choose("truth"),
    webcam: camera,
    take: shoot,
    close: shut,
    undo,
    clear: () => { begin(); pen.fillStyle = ground(); pen.fillRect(0, 0, canvas.width, canvas.width); draw(); },
    link: copy,
    share: () => {
      const dialog = one(".gz-share"), code = one("pre code", dialog);
      if (code && state.answer?.publish) code.textContent = state.answer.publish;
      dialog.showModal();
    },
    unshare: (button) => button.closest("dialog").close(),
    command: async (button) => {
      const code = one("pre code", button.closest("dialog")), before = button.textContent;
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = words.copied;
        setTimeout(() => { button.textContent = before; }, 1500);
      } catch { getSelection().selectAllChildren(code); } // a page that may not copy: one key does
    },
  };
  const press = (button, among) => all(among).forEach((b) => b.setAttribute("aria-pressed", b === button));

  document.addEventListener("click", (click) => { // a picture travels once: its link takes it from the page
    const save = click.target.closest?.(".gz-save");
    if (save) save.href = one("img", save.closest(".gz-result")).src;
  }, true);
  document.addEventListener("click", (click) => {
    if (click.target.matches?.(".gz-share")) click.target.close(); // beside it, on the dimmed page
    const button = click.target.closest && click.target.closest("button");
    if (!button || !canvas) return;
    const { do: deed, tool, family, colour: hue } = button.dataset;
    if (deed && deeds[deed]) deeds[deed](button);
    if (family) open(family);
    if (hue) {
      press(button, `[data-palette="${button.parentElement.dataset.palette}"] [data-colour]`);
      if (state.tool === "eraser") one('[data-tool="box"]').click();
    }
    if (tool) {
      state.tool = tool;
      press(button, "#cmp-board [data-tool]");
      one("#cmp-board .gz-pen").hidden = tool === "box";
    }
  });
  document.addEventListener("change", (change) => {
    const target = change.target;
    if (!canvas || !target.closest) return;
    if (target.matches('#cmp-controls input[type="file"]')) { take(target.files[0], choosing); target.value = ""; }
    if (target.matches("[data-families]") && target.value) open(target.value);
    if (target.closest("[data-vary]")) { want({ do: "draw" }); }
  });
  document.addEventListener("submit", (submit) => {
    if (!submit.target.matches("[data-hub]")) return;
    submit.preventDefault();
    const name = one("input", submit.target).value.trim();
    if (name) { say(""); open(name); }
  });
  document.addEventListener("keydown", (key) => {
    const typing = key.target.matches && key.target.matches('input:not([type="range"],[type="checkbox"]), textarea');
    if (visible() && !typing && (key.ctrlKey || key.metaKey) && !key.shiftKey && key.key.toLowerCase() === "z") {
      key.preventDefault();
      undo();
    }
  });
  document.addEventListener("paste", (paste) => {
    if (!visible() || (paste.target.matches && paste.target.matches("input, textarea"))) return;
    const item = [...(paste.clipboardData?.items || [])].find((i) => i.kind === "file");
    if (item) { paste.preventDefault(); take(item.getAsFile()); }
  });

  let begun = false;
  const ready = async () => { // gradio puts the board and the results there one after the other
    const answer = one("#cmp-results .gz-answer");
    if (begun || !canvas || !answer) return;
    begun = true;
    const said = JSON.parse(answer.dataset.answer);
    if (!said.failed) await apply(said);
    restore();
  };

  /* Which tab an address belongs to: Compare has ?family=, Create ?lesson=, ?model=; the others say ?tab= */
  ganzoo.firstTab = () => {
    const said = new URLSearchParams(location.search);
    const tab = said.get("tab") || (["lesson", "set", "seed", "model"].some((key) => said.has(key)) && !said.has("family") ? "create" : "compare");
    return { selected: tab, __type__: "update" };
  };
  document.addEventListener("click", (click) => { // going to a tab by hand; Lessons writes its own address
    if (!click.target.closest?.("#tabs [role=tab]")) return;
    setTimeout(() => {
      const open = (selector) => one(selector)?.offsetParent;
      const to = open("#cmp-board") ? link() : open("#trl-bench") ? ganzoo.translate.link() : open("#grid") ? one(".gz-make")?.dataset.link : open("#cards") ? "?tab=zoo" : open("#own") ? "?tab=own" : "";
      if (to) history.replaceState(history.state, "", location.pathname + to);
    }, 80);
  });

  ganzoo.compare = {
    state, listeners, want, link, open, load,
    fromZoo() { // the chosen card's model
      const name = one('#cards [aria-pressed="true"]')?.dataset.name;
      if (name) open(name);
      ganzoo.reveal("s-compare");
    },
    get canvas() { return canvas; },
    get words() { return words; },
    get busy() { return Boolean(sent || pending || later); },
    /* the board, once gradio has put it there */
    start(element, trigger) {
      words = JSON.parse(one(".gz-board", element).dataset.words);
      canvas = one("canvas", element);
      pen = one2d(canvas);
      ask = trigger;
      pointers();
      keys();
      new ResizeObserver(scaled).observe(canvas);
      const sheet = one(".gz-sheet", element);
      for (const event of ["dragenter", "dragover"]) {
        sheet.addEventListener(event, (drag) => { drag.preventDefault(); sheet.classList.add("over"); });
      }
      sheet.addEventListener("dragleave", () => sheet.classList.remove("over"));
      sheet.addEventListener("drop", (drop) => {
        drop.preventDefault();
        sheet.classList.remove("over");
        take(drop.dataTransfer.files[0]);
      });
      ready();
    },
    /* the results: what the server said first, and whatever it says next */
    follow(element, watch) {
      watch("value", () => {
        const answer = one(".gz-answer", element);
        if (answer) received(JSON.parse(answer.dataset.answer));
      });
      ready();
    },
    request() {
      const vary = one("#cmp-board [data-vary] input");
      const base = { family: state.family, drawing: canvas.toDataURL("image/png"), truth: state.truth, critic: state.critic,
        board: state.family, vary: vary.checked ? Math.floor(Math.random() * 1e6) : null };
      return [JSON.stringify({ ...base, ...sent })];
    },
  };
})();
