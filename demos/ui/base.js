/* What the browser does by itself: remember the language, copy a link, the drawing board, clicks on pictures and cards. */
(() => {
  const zh = /\/zh\/?$/.test(location.pathname);
  const keep = (value) => { try { localStorage.setItem("ganzoo-language", value); } catch { /* private mode */ } };
  const kept = (() => { try { return localStorage.getItem("ganzoo-language"); } catch { return null; } })();
  const first = (navigator.languages || [navigator.language || ""]).map((name) => name.slice(0, 2).toLowerCase())
    .find((name) => ["en", "zh"].includes(name));
  const wants = kept || first || "en"; // the switch wins over the browser
  const speak = () => { if (root.lang !== spoken) root.lang = spoken; };
  const root = document.documentElement, spoken = zh ? "zh-Hant" : "en";
  speak();
  new MutationObserver(speak).observe(root, { attributeFilter: ["lang"] }); // gradio writes the browser's language there
  if (!zh && wants === "zh" && !location.search.includes("show=api")) {
    keep("zh");
    location.replace(location.pathname.replace(/\/?$/, "/zh") + location.search);
    return;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a.gz-language");
    if (!link) return;
    keep(zh ? "en" : "zh");
    event.preventDefault();
    location.assign(new URL(link.getAttribute("href"), location.href).pathname + location.search);
  });

  /* what gradio leaves unsaid to screen readers: the name of a picture that is a button; and of sliders in Chinese */
  const said = [[/^range slider for (.*)$/, "$1（滑桿）"], [/^number input for (.*)$/, "$1（數字）"], [/^Capture from camera$/, "用鏡頭拍"],
    [/^Paste from clipboard$/, "從剪貼簿貼上"], [/^Click to upload or drop files$/, "點擊或拖曳檔案來上傳"], [/^Drop an image file here to upload$/, "把圖片拖到這裡上傳"]];
  const name = () => {
    for (const button of document.querySelectorAll(".image-container > button:not([aria-label])")) {
      button.ariaLabel = button.closest(".block")?.querySelector("[data-testid='block-label']")?.textContent.trim() || (zh ? "圖片" : "Picture");
    }
    for (const input of zh ? document.querySelectorAll("[aria-label*=' for '], .upload-container, .source-selection button") : []) {
      for (const [english, chinese] of said) input.ariaLabel = (input.ariaLabel || "").replace(english, chinese);
    }
  };
  let soon = 0;
  new MutationObserver(() => { soon ||= setTimeout(() => { soon = 0; name(); }, 100); })
    .observe(root, { childList: true, subtree: true, attributeFilter: ["aria-label"] });

  if (location.search.includes("show=api")) { // gradio's own description of the endpoints, behind its hidden footer
    const wait = setInterval(() => {
      const button = document.querySelector("footer button.show-api");
      if (button) { clearInterval(wait); button.click(); }
    }, 100);
  }

  document.addEventListener("click", (click) => { // going to a tab by hand; Lessons writes its own address
    if (!click.target.closest?.("#tabs [role=tab]")) return;
    setTimeout(() => {
      const open = (selector) => document.querySelector(selector)?.offsetParent;
      const to = open("#cmp-board") ? ganzoo.compare.link() : open("#trl-bench") ? ganzoo.translate.link()
        : open("#grid") ? document.querySelector(".gz-make")?.dataset.link : open("#cards") ? "?tab=zoo" : open("#own") ? "?tab=own" : "";
      if (to) history.replaceState(history.state, "", location.pathname + to);
    }, 80);
  });

  const asked = location.search; // it stays until all is shown

  const board = () => document.querySelector("#board canvas");
  const wipe = (canvas) => {
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    return pen;
  };
  const paint = (canvas) => new Promise((done) => {
    const picture = new Image();
    picture.onload = () => { wipe(canvas).drawImage(picture, 0, 0); done(); };
    picture.src = canvas.dataset.example;
  });

  window.ganzoo = {
    /* the picture grid: a click follows that picture, the address always says what is shown */
    grid(element, trigger, watch, event) {
      element.addEventListener("click", (click) => {
        const cell = click.target.closest("[data-pick]");
        if (cell) trigger(event, { pick: Number(cell.dataset.pick) });
      });
      let first = element.querySelector(".gz-make")?.dataset.link;
      watch("value", () => {
        const link = element.querySelector(".gz-make")?.dataset.link;
        if (link && link !== first) { history.replaceState(history.state, "", location.pathname + link); first = link; }
      });
    },
    /* what is computed only when it is about to be seen; the server gets the link that was followed */
    later(element, trigger, event = "select") {
      const near = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        near.disconnect();
        if (element.querySelector(".gz-later")) trigger(event, { query: asked }); // else it is there already
      }, { rootMargin: "500px" });
      near.observe(element);
    },
    cards(element, trigger, event) {
      element.addEventListener("click", (click) => {
        const card = click.target.closest("[data-name]");
        if (card) trigger(event, { name: card.dataset.name });
      });
    },
    pen(canvas, style, begin, end) { // strokes on a canvas, as `style` is at the time: { colour, brush }
      let last = null;
      const at = (move) => {
        const box = canvas.getBoundingClientRect();
        return [(move.clientX - box.left) * canvas.width / box.width, (move.clientY - box.top) * canvas.height / box.height];
      };
      const stroke = (move) => {
        const pen = canvas.getContext("2d"), to = at(move);
        pen.strokeStyle = style.colour; pen.lineWidth = style.brush; pen.lineCap = pen.lineJoin = "round";
        pen.beginPath(); pen.moveTo(...last); pen.lineTo(...to); pen.stroke();
        last = to;
      };
      canvas.addEventListener("pointerdown", (down) => {
        canvas.setPointerCapture(down.pointerId);
        begin();
        last = at(down); stroke(down);
      });
      canvas.addEventListener("pointermove", (move) => { if (last) stroke(move); });
      for (const over of ["pointerup", "pointercancel"]) {
        canvas.addEventListener(over, () => { if (last) { last = null; end(); } });
      }
    },
    board(element, trigger, watch, event) {
      const begun = () => {
        const canvas = element.querySelector("canvas");
        paint(canvas);
        const begin = () => { if (canvas.dataset.drawn !== "yes") { wipe(canvas); canvas.dataset.drawn = "yes"; } };
        ganzoo.pen(canvas, { colour: "#fff", brush: 22 }, begin, () => trigger(event));
      };
      begun();
      watch("value", begun); // another set, another example
    },
    drawing: (_, ...rest) => [board().toDataURL("image/png"), ...rest],
    cleared: (_, ...rest) => { wipe(board()); board().dataset.drawn = "yes"; return ganzoo.drawing(_, ...rest); },
    example: async (_, ...rest) => {
      await paint(board());
      board().dataset.drawn = "";
      return ganzoo.drawing(_, ...rest);
    },
    async copy(said) {
      const link = document.querySelector(".gz-make")?.dataset.link || "";
      const button = document.querySelector("#copy-link");
      const before = button.textContent;
      try { await navigator.clipboard.writeText(location.origin + location.pathname + link); button.textContent = said; } catch {
        history.replaceState(history.state, "", location.pathname + link);
        window.prompt("", location.href);
      }
      setTimeout(() => { button.textContent = before; }, 1500);
    },
    /* Which tab an address belongs to: Compare has ?family=, Create ?lesson=, ?model=; the others say ?tab= */
    firstTab: () => {
      const said = new URLSearchParams(location.search);
      const tab = said.get("tab") || (["lesson", "set", "seed", "model"].some((key) => said.has(key)) && !said.has("family") ? "create" : "compare");
      return { selected: tab, __type__: "update" };
    },
    reveal: (id) => document.getElementById(id)?.scrollIntoView({ behavior: "smooth", block: "start" }),
  };
})();
