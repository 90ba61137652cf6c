/* What gradio leaves to the page: the language, the address of what is shown, names for screen readers, clicks inside our
   own HTML, and canvases. */
(() => {
  const root = document.documentElement, query = location.search; // the link that was followed
  const zh = /\/zh\/?$/.test(location.pathname), spoken = zh ? "zh-Hant" : "en", there = zh ? "en" : "zh";
  const speak = () => { if (root.lang !== spoken) root.lang = spoken; };
  speak();
  new MutationObserver(speak).observe(root, { attributeFilter: ["lang"] }); // gradio writes the browser's language there

  const keep = (value) => { try { localStorage.setItem("ganzoo-language", value); } catch { /* private mode */ } };
  const kept = (() => { try { return localStorage.getItem("ganzoo-language"); } catch { return null; } })();
  const known = (navigator.languages || [navigator.language || ""]).map((name) => name.slice(0, 2).toLowerCase());
  const wants = kept || known.find((name) => ["en", "zh"].includes(name)); // the switch wins over the browser
  if (!zh && wants === "zh" && !query.includes("show=api")) {
    keep("zh");
    location.replace(location.pathname.replace(/\/?$/, "/zh") + query);
    return;
  }
  document.addEventListener("click", (event) => { // the other language of what is shown; and, in spite of gradio's <base>, a place here
    const link = event.target.closest?.("a"), to = link?.getAttribute("href") || "";
    if (link?.matches(".gz-language")) { keep(there); link.search = location.search; }
    if (to.startsWith("#")) { event.preventDefault(); ganzoo.reveal(to.slice(1)); }
    if (event.target.closest?.("#tabs [role=tab]")) setTimeout(() => ganzoo.address(), 80); // going to a tab by hand
  });

  /* what gradio leaves unsaid to screen readers: the name of a picture that is a button, and its English labels on another page */
  const name = () => {
    const labels = JSON.parse(document.querySelector(".gz-top")?.dataset.labels || "{}");
    for (const button of document.querySelectorAll(".image-container > button:not([aria-label])")) {
      button.ariaLabel = button.closest(".block")?.querySelector("[data-testid='block-label']")?.textContent.trim() || labels.Picture;
    }
    for (const control of zh ? document.querySelectorAll("[aria-label]:is(input, .upload-container, .source-selection button)") : []) {
      for (const [english, here] of Object.entries(labels)) control.ariaLabel = control.ariaLabel.replace(RegExp(`^${english}$`), here);
    }
  };
  let soon = 0;
  new MutationObserver(() => { soon ||= setTimeout(() => { soon = 0; name(); }, 100); })
    .observe(root, { childList: true, subtree: true, attributeFilter: ["aria-label"] });

  if (query.includes("show=api")) { // gradio's own description of the endpoints, behind its hidden footer
    const wait = setInterval(() => {
      const button = document.querySelector("footer button.show-api");
      if (button) { clearInterval(wait); button.click(); }
    }, 100);
  }

  window.ganzoo = {
    query,
    /* What a tab shows says its link: the first [data-link] in sight. */
    link: () => [...document.querySelectorAll("#tabs [data-link]")].find((part) => part.offsetParent)?.dataset.link
      || `?tab=${document.querySelector("#tabs [role=tab][aria-selected=true]").dataset.tabId}`,
    address: () => history.replaceState(history.state, "", location.pathname + ganzoo.link()),
    follow: (element, watch) => watch("value", () => { if (element.offsetParent) ganzoo.address(); }),
    async copy() {
      ganzoo.address();
      try { await navigator.clipboard.writeText(location.href); } catch { window.prompt("", location.href); }
      return [ganzoo.link()];
    },
    /* Settings of Watch it learn that are not the first ones stand in its link: [[name, first], ...] */
    settings(named, ...values) {
      const said = new URLSearchParams({ tab: "live" }), element = document.querySelector("#live-stage");
      named.forEach(([name, first], i) => { if (values[i] !== first) said.set(name, values[i]); });
      element.dataset.link = `?${said}`;
      if (element.offsetParent) ganzoo.address();
    },
    /* a click on a button in our HTML that says what it means (data-...) */
    picks: (element, trigger) => element.addEventListener("click", (click) => {
      const button = click.target.closest("button");
      if (button) trigger("select", { ...button.dataset });
    }),
    /* what is computed only when it is about to be seen; the server gets the link that was followed */
    later(element, trigger, event = "select", margin = 500) {
      const near = new IntersectionObserver((seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        near.disconnect();
        if (element.querySelector(".gz-later")) trigger(event, { query }); // else it is there already
      }, { rootMargin: `${margin}px` });
      near.observe(element);
    },
    lesson(element, trigger, watch) { // a press says where in a picture or a map
      ganzoo.follow(element, watch);
      element.addEventListener("pointerdown", (event) => {
        const place = event.target.closest("[data-point]"), box = place?.getBoundingClientRect();
        if (box) trigger("input", { on: place.dataset.point, x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
      });
      trigger("select", { query });
    },
    async picture(source) {
      const picture = new Image();
      picture.src = source;
      await picture.decode();
      return picture;
    },
    strokes(canvas, begin, move, end) { // with the places, in the canvas's pixels: begin(at), move(from, to), end(at)
      let last = null;
      const at = (event) => {
        const box = canvas.getBoundingClientRect();
        return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
      };
      const over = (up) => { if (last) { last = null; end(at(up)); } };
      canvas.addEventListener("pointerdown", (down) => {
        if (down.button) return;
        canvas.setPointerCapture(down.pointerId);
        last = at(down);
        begin(last);
      });
      canvas.addEventListener("pointermove", (event) => {
        if (!last) return;
        const from = last;
        last = at(event);
        move(from, last);
      });
      canvas.addEventListener("pointerup", over);
      canvas.addEventListener("pointercancel", over);
    },
    pen(canvas, style, begin, end) { // smooth strokes, as `style` is at the time: { colour, brush }
      const stroke = (from, to) => {
        const pen = canvas.getContext("2d");
        pen.strokeStyle = style.colour; pen.lineWidth = style.brush; pen.lineCap = pen.lineJoin = "round";
        pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke();
      };
      ganzoo.strokes(canvas, (at) => { begin(); stroke(at, at); }, stroke, end);
    },
    sheet(element, props, trigger, watch) { // Create's: its value is a picture, which the first stroke wipes
      const canvas = element.querySelector("canvas"), pen = canvas.getContext("2d", { alpha: false }); // black where it is clear
      let given = true;
      const begin = () => { if (given) pen.clearRect(0, 0, canvas.width, canvas.height); given = false; };
      const shown = async () => { pen.drawImage(await ganzoo.picture(props.value), 0, 0); given = true; };
      ganzoo.pen(canvas, { colour: "#fff", brush: 22 }, begin, () => { props.value = canvas.toDataURL(); trigger("input"); });
      watch("value", shown);
      shown();
    },
    /* Which tab an address belongs to: Compare has ?family=, Create ?lesson=, ?model=; the others say ?tab= */
    firstTab: () => {
      const said = new URLSearchParams(query);
      const tab = said.get("tab") || (["lesson", "set", "seed", "model"].some((key) => said.has(key)) && !said.has("family") ? "create" : "compare");
      return { selected: tab, __type__: "update" };
    },
    reveal(id) {
      const place = document.getElementById(id);
      place?.scrollIntoView({ behavior: "smooth", block: "start" });
      place?.focus({ preventScroll: true });
    },
  };
})();
