/* The tab Your pictures: its drawing boards. What is drawn stays in the browser until a pair is added or a picture is tried. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  const boards = {}, past = { a: [], b: [], try: [] }, changed = {};
  const keep = (name) => { past[name].push(boards[name].toDataURL()); if (past[name].length > 30) past[name].shift(); };
  const lay = async (name, source) => { // a picture, or nothing but white
    const canvas = boards[name], pen = canvas.getContext("2d"), picture = new Image();
    if (source) { picture.src = source; await picture.decode(); }
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (source) pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    changed[name]();
  };
  const trace = () => { // the target under the input
    const on = document.querySelector("#own-boards [data-trace]").checked, box = boards.a.parentElement;
    box.classList.toggle("tracing", on);
    box.style.backgroundImage = on ? `url(${boards.b.toDataURL()})` : "";
  };
  ganzoo.own = {
    start(element, trigger) {
      const tool = { colour: "#000000", brush: 9 };
      element.querySelectorAll("canvas").forEach((canvas) => {
        const name = canvas.dataset.board;
        boards[name] = canvas;
        changed[name] = name === "try" ? () => {} : trace;
        ganzoo.pen(canvas, tool, () => keep(name), () => (name === "try" ? trigger("input") : trace()));
      });
      Object.keys(boards).filter((name) => element.contains(boards[name])).forEach((name) => lay(name));
      element.addEventListener("change", trace);
      element.addEventListener("click", async (click) => {
        const button = click.target.closest("button"), { colour, brush, undo, clear } = button?.dataset || {}, name = undo || clear;
        if (colour) tool.colour = colour;
        if (brush) tool.brush = Number(brush);
        if (colour || brush) button.parentElement.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", one === button));
        if (!name || (undo && !past[name].length)) return;
        if (clear) keep(name);
        await lay(name, undo && past[name].pop());
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
