/* The tab Compare, further down: any two pictures under a slider, the critic's patches, the blind round and its tally. */
(() => {
  if (!window.ganzoo || !ganzoo.compare) return;
  const compare = ganzoo.compare;
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const source = (key) => key === "drawing" ? compare.canvas.toDataURL("image/png")
    : one(`#cmp-results img[data-key="${key}"]`)?.src || "";
  const whenAnswered = (update) => { compare.listeners.push(update); if (compare.state.answer) update(); };
  const options = (select, choices, wish) => {
    const before = select.value || wish;
    select.replaceChildren(...choices.map(([key, name]) => new Option(name, key)));
    select.value = choices.some(([key]) => key === before) ? before : choices[choices.length - 1]?.[0];
  };

  compare.two = (element) => {
    const range = one("input", element), said = one("[data-apart]", element);
    const pictures = Object.fromEntries(all("img", element).map((image) => [image.dataset.side, image]));
    const selects = Object.fromEntries(all("select", element).map((select) => [select.dataset.side, select]));
    const cut = () => element.style.setProperty("--cut", `${range.value}%`);
    const values = async (address) => {
      const picture = await compare.load(address), sheet = document.createElement("canvas");
      sheet.width = sheet.height = compare.canvas.width;
      const pen = sheet.getContext("2d", { willReadFrequently: true });
      pen.drawImage(picture, 0, 0, sheet.width, sheet.width);
      return pen.getImageData(0, 0, sheet.width, sheet.width).data;
    };
    let turn = 0;
    const show = async () => {
      const mine = ++turn, names = { drawing: compare.words.cmp_drawing, ...compare.state.answer.names };
      for (const side of ["left", "right"]) {
        const key = selects[side].value;
        pictures[side].src = source(key);
        pictures[side].alt = names[key] || "";
        pictures[side].classList.toggle("gz-flat", key === "drawing");
      }
      const [a, b] = await Promise.all(["left", "right"].map((side) => values(pictures[side].src)));
      if (mine !== turn) return;
      let sum = 0;
      for (let i = 0; i < a.length; i += 4) for (let c = 0; c < 3; c++) sum += Math.abs(a[i + c] - b[i + c]);
      said.textContent = fill(compare.words.cmp_apart, { value: (sum / (a.length * 0.75 * 255)).toFixed(3) });
    };
    range.addEventListener("input", cut);
    all("select", element).forEach((select) => select.addEventListener("change", show));
    cut();
    whenAnswered(() => {
      const choices = Object.entries({ drawing: compare.words.cmp_drawing, ...compare.state.answer.names });
      options(selects.left, choices, "mae");
      options(selects.right, choices, "gan+mae");
      show();
    });
  };

  compare.heat = (element) => {
    const stack = one(".gz-stack", element), image = one("img", stack), layer = one(".gz-layer", stack);
    const field = one(".gz-cmp-field", stack), patch = one(".gz-patch", element), said = one("[data-said]", element);
    const chosen = one("[data-picture]", element), judge = one("[data-critic]", element);
    let cell = null, edges = [], seen = null;
    const grid = () => compare.state.answer.scores?.[chosen.value];
    const colours = () => {
      const style = getComputedStyle(element);
      return ["--fake", "--real"].map((name) => style.getPropertyValue(name).trim());
    };
    const paint = () => {
      const scores = grid(), { size, jump } = compare.state.answer, count = scores.length;
      const middle = (i) => (size - 1) / 2 + (i - (count - 1) / 2) * jump; // a score's place is its patch's middle
      edges = [0, ...Array.from({ length: count - 1 }, (_, i) => (middle(i) + middle(i + 1) + 1) / 2), size];
      layer.width = layer.height = size * 4;
      const pen = layer.getContext("2d"), [fake, real] = colours(), flat = scores.flat();
      const stretched = one("[data-stretch]", element).checked;
      const reach = stretched ? [Math.min(...flat), Math.max(...flat)] : [0, 1];
      const ends = stretched ? ["cmp_lowest", "cmp_highest"] : ["cmp_fake", "cmp_real"];
      ["[data-low]", "[data-high]"].forEach((end, i) => {
        one(end, element).textContent = fill(compare.words[ends[i]], { value: reach[i].toFixed(2) });
      });
      pen.clearRect(0, 0, layer.width, layer.width);
      scores.forEach((row, i) => row.forEach((score, j) => {
        const share = (score - reach[0]) / Math.max(1e-6, reach[1] - reach[0]);
        pen.globalAlpha = 0.08 + 0.4 * Math.abs(2 * share - 1);
        pen.fillStyle = share < 0.5 ? fake : real;
        const [x, y] = [edges[j] * 4, edges[i] * 4];
        pen.fillRect(x, y, edges[j + 1] * 4 - x, edges[i + 1] * 4 - y);
      }));
      layer.hidden = !one("[data-layer]", element).checked;
    };
    const look = () => {
      const scores = grid(), { size, spans, field: side } = compare.state.answer;
      cell = cell.map((v) => Math.min(scores.length - 1, Math.max(0, v)));
      const [row, column] = cell, [top, bottom] = spans[row], [left, right] = spans[column];
      const share = (v) => `${100 * v / size}%`;
      Object.assign(field.style, { left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });
      patch.width = right - left; patch.height = bottom - top;
      patch.style.aspectRatio = `${patch.width} / ${patch.height}`;
      patch.style.width = `${100 * patch.width / Math.min(side, size)}%`;
      patch.getContext("2d").drawImage(seen, left, top, right - left, bottom - top, 0, 0, patch.width, patch.height);
      const whole = patch.width === side && patch.height === side;
      said.textContent = fill(compare.words[whole ? "cmp_patch" : "cmp_patch_edge"], { row: row + 1, column: column + 1, field: side,
        score: scores[row][column].toFixed(2), width: right - left, height: bottom - top });
      stack.dataset.cell = cell.join(",");
    };
    let turn = 0;
    const show = async () => {
      const mine = ++turn, scores = grid();
      one(".gz-cmp-heat", element).hidden = !scores;
      one(".gz-no-critic", element).hidden = Boolean(scores);
      if (!scores) return;
      const address = source(chosen.value);
      const picture = await compare.load(address);
      if (mine !== turn) return; // picture, colours and numbers change in one go, and only to the newest
      seen = picture;
      image.src = address;
      image.alt = compare.state.answer.names[chosen.value];
      cell = cell || [scores.length >> 1, scores.length >> 1];
      paint();
      look();
    };
    stack.addEventListener("click", (click) => {
      if (!grid() || !seen) return;
      const place = stack.getBoundingClientRect(), { size } = compare.state.answer;
      const find = (value, low, length) => {
        const pixel = (value - low) / length * size;
        return Math.max(0, edges.findIndex((edge) => edge > pixel) - 1);
      };
      cell = [find(click.clientY, place.top, place.height), find(click.clientX, place.left, place.width)];
      look();
    });
    stack.addEventListener("keydown", (key) => {
      const way = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key.key];
      if (!way || !grid() || !seen) return;
      key.preventDefault();
      cell = cell.map((v, i) => v + way[i]);
      look();
    });
    chosen.addEventListener("change", show);
    all("[type=checkbox]", element).forEach((box) => box.addEventListener("change", paint));
    judge.addEventListener("change", () => { compare.state.critic = judge.value; compare.want({ do: "draw" }); });
    whenAnswered(() => {
      const { names, critics = [], critic } = compare.state.answer;
      options(chosen, Object.entries(names), "gan+mae");
      options(judge, critics.map((key) => [key, names[key]]), critic);
      judge.value = critic || "";
      one("[data-judges]", element).hidden = critics.length < 2;
      show();
    });
  };

  // --- the blind round --------------------------------------------------------------------------------------------

  const KEY = "ganzoo-tally";
  const counts = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
  const store = (tally) => { try { localStorage.setItem(KEY, JSON.stringify(tally)); } catch { /* private mode */ } };
  const draw = () => {
    const tally = counts(), whole = Object.values(tally).reduce((sum, n) => sum + n, 0);
    all("#cmp-tally [data-count]").forEach((row) => {
      const count = tally[row.dataset.count] || 0;
      one("i", row).style.width = `${whole ? 100 * count / whole : 0}%`;
      one(".gz-bar-number", row).textContent = count;
      if ("optional" in row.dataset) row.hidden = !count; // not in every round
    });
    one("#cmp-tally .gz-tally").hidden = !whole; // the first choice shows it
  };
  compare.blind = (element, trigger, watch) => {
    const next = () => one('#cmp-tally [data-do="blind"]'), first = () => one("[data-guess]", element);
    let moving = false; // the keyboard goes on with the new round
    element.addEventListener("click", (click) => {
      const guess = click.target.closest("[data-guess]");
      if (!guess || one(".gz-blind", element).dataset.done) return;
      one(".gz-blind", element).dataset.done = "yes";
      all("[data-guess]", element).forEach((cell) => {
        one("span", cell).textContent = cell.dataset.name;
        cell.setAttribute("aria-pressed", cell === guess);
      });
      next().disabled = false;
      const tally = counts();
      tally[guess.dataset.guess] = (tally[guess.dataset.guess] || 0) + 1;
      store(tally);
      draw();
      const real = one('[data-guess="truth"]', element);
      const said = !real ? "cmp_blind_said" : guess.dataset.guess === "truth" ? "cmp_blind_found" : "cmp_blind_fooled";
      one("#cmp-tally [data-revealed]").textContent = fill(compare.words[said],
        { loss: guess.dataset.name });
    });
    document.addEventListener("click", (click) => {
      const deed = click.target.closest && click.target.closest("button")?.dataset.do;
      if (deed === "blind") { moving = true; trigger("input"); }
      if (deed === "forget") { store({}); draw(); (next().disabled ? first() : next())?.focus({ preventScroll: true }); }
    });
    let asked = false, family; // of the last round
    const ask = () => { asked = true; family = compare.state.family; trigger("input"); };
    const near = new IntersectionObserver((seen) => { // the first round, when it comes near
      if (!seen.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      ask();
    }, { rootMargin: "400px" });
    watch("value", () => {
      one("#cmp-tally [data-revealed]").textContent = "";
      if (moving) first()?.focus({ preventScroll: true });
      moving = false;
      next().disabled = Boolean(first()); // until one is chosen
    });
    whenAnswered(() => { // the first round is of the family that the page opens with; another family, another round
      if (!asked) near.observe(element);
      else if (compare.state.family !== family) ask();
    });
  };
  compare.tally = () => draw();
  let shown = "";
  compare.blindRequest = () => { // the visitor's own pair once; else the server takes one of its real pairs
    const { family, truth, pair, answer } = compare.state;
    const own = truth && !pair && truth !== shown || answer && !answer.draws;
    if (truth && own) shown = truth;
    return [JSON.stringify({ family, seed: Math.floor(Math.random() * 1e6), truth: own ? truth : "",
      drawing: own ? compare.canvas.toDataURL("image/png") : "" })];
  };
})();
