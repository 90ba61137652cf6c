/* The tab Your pictures: drawing boards (input, truth, a new picture to try), and saving the model's zip.
   What is drawn or opened stays in the browser until a pair is added or a picture is tried. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  const boards = {}, past = {};
  const tool = { a: {}, try: {} }; // colour and brush of each group of boards
  const blank = (canvas) => {
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    return pen;
  };
  const keep = (name) => {
    (past[name] ||= []).push(boards[name].toDataURL());
    if (past[name].length > 30) past[name].shift();
  };
  const load = (source) => new Promise((done, fail) => {
    const picture = new Image();
    picture.onload = () => done(picture);
    picture.onerror = fail;
    picture.src = source;
  });
  const lay = (name, picture) => { // its middle square
    const width = picture.videoWidth || picture.width, height = picture.videoHeight || picture.height;
    const side = Math.min(width, height), canvas = boards[name], pen = blank(canvas);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, (width - side) / 2, (height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
  };
  const camera = async (name, button) => { // pressed once the camera lies over the board, pressed again the board keeps what it sees
    const box = boards[name].parentElement, open = box.querySelector("video"), said = box.closest("figure").querySelector("[role=status]");
    said.textContent = "";
    if (!open) {
      const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
        box.append(video);
        button.dataset.usual = button.textContent;
        button.textContent = button.dataset.take;
        await video.play();
      } catch { said.textContent = button.dataset.none; }
      return false;
    }
    const seen = Boolean(open.videoWidth);
    if (seen) { keep(name); lay(name, open); }
    open.srcObject.getTracks().forEach((track) => track.stop());
    open.remove();
    button.textContent = button.dataset.usual;
    return seen;
  };
  const trace = () => { // the truth under the input
    const on = document.querySelector("#own-boards [data-trace]")?.checked;
    const box = boards.a?.parentElement;
    if (!box) return;
    box.classList.toggle("tracing", Boolean(on));
    box.style.backgroundImage = on && boards.b ? `url(${boards.b.toDataURL()})` : "";
  };

  ganzoo.own = {
    start(element, trigger, event) {
      const group = element.querySelector('[data-board="try"]') ? "try" : "a";
      const mine = tool[group];
      mine.colour = "#000000"; mine.brush = 9;
      const changed = () => { trace(); trigger?.(event); };
      element.querySelectorAll("canvas[data-board]").forEach((canvas) => {
        const name = canvas.dataset.board;
        boards[name] = canvas;
        blank(canvas);
        ganzoo.pen(canvas, mine, () => keep(name), changed);
      });
      element.addEventListener("click", async (click) => {
        const button = click.target.closest("button");
        if (!button) return;
        const { colour, brush, undo, clear, camera: film } = button.dataset;
        if (colour || brush) {
          if (colour) mine.colour = colour; else mine.brush = Number(brush);
          button.parentElement.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", other === button));
        } else if (undo && past[undo]?.length) {
          boards[undo].getContext("2d").drawImage(await load(past[undo].pop()), 0, 0);
          changed();
        } else if (clear) { keep(clear); blank(boards[clear]); changed();
        } else if (film && await camera(film, button)) changed();
      });
      element.addEventListener("change", async (change) => {
        const name = change.target.dataset?.photo;
        if (change.target.matches?.("[data-trace]")) trace();
        if (!name || !change.target.files?.[0]) return;
        const address = URL.createObjectURL(change.target.files[0]);
        try { const picture = await load(address); keep(name); lay(name, picture); changed(); } catch { /* no picture: the board stays */ }
        URL.revokeObjectURL(address);
        change.target.value = "";
      });
    },
    pair: () => [boards.a.toDataURL("image/png"), boards.b.toDataURL("image/png")],
    drawing: () => [boards.try.toDataURL("image/png")],
    async put(source) {
      if (!source) return [""];
      try { lay("try", await load(source)); past.try = []; } catch { return [""]; }
      return ganzoo.own.drawing();
    },
    save(packed) {
      if (!packed) return;
      const bytes = Uint8Array.from(atob(packed.data), (letter) => letter.charCodeAt(0));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
      link.download = packed.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
  };
})();
