/* The tab Your pictures: its drawing boards. What is drawn stays in the browser until a pair is added or a picture is tried. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  const boards = {}, past = { a: [], b: [], try: [] };
  const keep = (name) => { past[name].push(boards[name].toDataURL()); if (past[name].length > 30) past[name].shift(); };
  const trace = () => { // the target under the input
    const on = document.querySelector("#own-boards [data-trace]")?.checked, under = boards.a?.parentElement.querySelector("img");
    if (under) under.hidden = !on;
    if (on) under.src = boards.b.toDataURL();
  };
  const lay = async (name, source) => { // a picture, or nothing but white
    const canvas = boards[name], pen = canvas.getContext("2d"), picture = source && await ganzoo.picture(source);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (source) pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    trace();
  };
  ganzoo.own = {
    start(element, trigger) {
      const value = (selector) => element.querySelector(selector).value;
      const tool = { get colour() { return value(".gz-palette :checked"); }, get brush() { return 2 * value(".gz-pen input"); } };
      for (const canvas of element.querySelectorAll("canvas")) {
        const name = canvas.dataset.board, before = boards[name]?.toDataURL(); // gradio makes a board anew when it is shown again
        boards[name] = canvas;
        lay(name, before);
        ganzoo.pen(canvas, tool, () => keep(name), () => (name === "try" ? trigger("input") : trace()));
      }
      element.addEventListener("change", trace);
      element.addEventListener("click", async (click) => {
        const action = click.target.closest("[data-do]")?.dataset.do;
        const name = action && click.target.closest(".gz-board").querySelector("canvas").dataset.board;
        if (!action || (action === "undo" && !past[name].length)) return;
        if (action === "clear") keep(name);
        await lay(name, action === "undo" && past[name].pop());
        if (name === "try") trigger("input");
      });
    },
    drawn: (...names) => names.map((name) => boards[name].toDataURL()),
    wipe: () => { for (const name of ["a", "b"]) { past[name] = []; lay(name); } },
    async put(name, source) {
      if (!source || !boards[name]) return [""];
      keep(name);
      await lay(name, source);
      return [source];
    },
  };
})();
