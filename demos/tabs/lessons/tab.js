/* What the browser does by itself on the tab Lessons: the address follows the stages, a square follows a score. */
window.ganzoo = Object.assign(window.ganzoo || {}, (() => {
  const say = (link) => history.replaceState(history.state, "", location.pathname + link); // not the base address, which is the English page
  const asked = new URLSearchParams(location.search); // the link that was followed; it stays until all is shown
  let settled = false; // what changes before that was changed by the link, unless a hand was quicker
  for (const act of ["pointerdown", "keydown"]) document.addEventListener(act, () => { settled = true; }, { once: true, capture: true });

  /* Leaving the tab takes its stage out of the address, coming to it puts the tab in. */
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#tabs [role=tab]")) return;
    setTimeout(() => {
      const here = Boolean(document.querySelector("#lessons")?.offsetParent);
      const said = new URLSearchParams(location.search).get("tab") === "lessons";
      if (here && !said) say("?tab=lessons");
      if (!here && said) say("");
    }, 60);
  });

  /* The patch of the chosen score: one question at a time, and asked again until the answer is about the latest choice.
     (gradio's always_last would repeat the data of an earlier event.) */
  const moves = {
    busy: 0, tries: 0,
    choice: () => document.querySelector(".gz-explorer")?.dataset,
    answer: () => document.querySelector("#lessons-field .gz-stage")?.dataset,
    ask() {
      if (moves.busy) return;
      moves.busy = setTimeout(() => { if (++moves.tries < 4) moves.next(); else moves.busy = 0; }, 2500); // no answer
      const { strides, row, column } = moves.choice();
      moves.send({ strides, row: Number(row), column: Number(column) });
    },
    next() {
      clearTimeout(moves.busy); moves.busy = 0;
      const now = moves.choice(), said = moves.answer();
      if (now && said && ["strides", "row", "column"].some((key) => now[key] !== said[key])) moves.ask();
    },
  };

  const number = (element, name) => Number(element.dataset[name]);

  function explore(element, trigger, watch) {
    const box = () => element.querySelector(".gz-explorer");
    moves.send = (data) => trigger("input", data);
    const place = (row, column) => {
      const now = box(), last = number(now, "count") - 1;
      row = Math.min(last, Math.max(0, row)); column = Math.min(last, Math.max(0, column));
      if (row === number(now, "row") && column === number(now, "column")) return;
      now.dataset.row = row; now.dataset.column = column;
      const patch = now.querySelector(".patch"), score = now.querySelector(".score");
      patch.setAttribute("x", number(now, "start") + column * number(now, "jump"));
      patch.setAttribute("y", number(now, "start") + row * number(now, "jump"));
      score.setAttribute("x", column); score.setAttribute("y", row);
      moves.ask();
    };
    const point = (event) => {
      const now = box(), picture = event.target.closest(".gz-over"), map = event.target.closest(".gz-scores");
      if (!picture && !map) return;
      const frame = (picture || map).getBoundingClientRect();
      const x = (event.clientX - frame.left) / frame.width, y = (event.clientY - frame.top) / frame.height;
      const cell = (share) => map ? Math.floor(share * number(now, "count"))
        : Math.round((share * 256 - number(now, "start") - number(now, "side") / 2) / number(now, "jump"));
      place(cell(y), cell(x));
    };
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-strides]");
      if (button) trigger("select", { strides: button.dataset.strides });
    });
    element.addEventListener("pointerdown", (event) => { if (box()) point(event); });
    element.addEventListener("pointermove", (event) => { if (event.buttons && box()) point(event); });
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    element.addEventListener("keydown", (event) => {
      const now = box(), step = steps[event.key];
      if (!step || !now || !event.target.closest(".gz-scores")) return;
      event.preventDefault();
      const far = event.shiftKey ? Math.max(1, Math.round(number(now, "count") / 8)) : 1;
      place(number(now, "row") + far * step[0], number(now, "column") + far * step[1]);
    });
    let held = null; // a new choice draws the buttons anew: the keyboard stays where it was
    element.addEventListener("focusin", (event) => { held = event.target.dataset?.key || null; });
    document.addEventListener("focusin", (event) => { if (!element.contains(event.target)) held = null; });
    watch("value", () => {
      if (held && !element.contains(document.activeElement)) {
        (element.querySelector(`[data-key="${held}"]`) || element.querySelector("[data-key=less], [data-key=more]"))?.focus();
      }
    });
  }

  /* After a link was followed: the tab is drawn first, then its stage comes into view. */
  function arrive() {
    setTimeout(() => { settled = true; }, 300);
    if (asked.get("tab") !== "lessons" || !/^[a-z]+$/.test(asked.get("stage") || "")) return;
    let tries = 0;
    const wait = setInterval(() => {
      const stage = document.getElementById(`l-${asked.get("stage")}`);
      if (stage?.offsetParent) stage.scrollIntoView({ block: "start", behavior: "instant" });
      if (stage?.offsetParent || ++tries > 40) clearInterval(wait);
    }, 50);
  }

  /* What is computed when it comes near for the first time, as the followed link says. */
  function later(element, trigger, event = "select") {
    const near = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      near.disconnect();
      if (element.querySelector(".gz-later, nav")) trigger(event, { query: asked.toString() }); // else it is there already
    }, { rootMargin: "500px" });
    near.observe(element);
  }

  /* The contents, which stay in sight, say which stage that is. */
  function here(element) {
    const links = [...element.querySelectorAll("nav a")];
    const stages = links.map((link) => document.querySelector(link.getAttribute("href")));
    let now = -1, soon = 0;
    const look = () => {
      soon = 0;
      if (!element.offsetParent) return;
      const line = element.getBoundingClientRect().bottom + 80;
      const at = Math.max(0, stages.findLastIndex((stage) => stage?.getBoundingClientRect().top < line));
      if (at === now) return;
      links[now]?.removeAttribute("aria-current");
      now = at;
      links[at].setAttribute("aria-current", "true");
      const row = links[at].parentElement;
      row.scrollTo({ left: links[at].offsetLeft - row.offsetLeft - 24 });
    };
    addEventListener("scroll", () => { soon ||= requestAnimationFrame(look); }, { passive: true });
    look();
  }

  return {
    explore,
    here,
    arrive,
    later,
    /* the address says what the stage shows, from the first change on */
    stage(element, watch) {
      const link = () => element.querySelector(".gz-stage")?.dataset.link;
      let first = link(), reading = false; // whoever reads the code goes on reading while the stage changes
      element.addEventListener("toggle", (event) => { reading = event.target.open; }, true);
      watch("value", () => {
        if (reading) element.querySelector("details")?.setAttribute("open", "");
        if (link() && link() !== first && element.offsetParent && settled) say(link());
        first = link();
        if (element.querySelector("[data-column]")) setTimeout(() => { moves.tries = 0; moves.next(); });
      });
    },
  };
})());
