/* The tab Compare: the pair under the slider, and whether the critic's map is in sight. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  ganzoo.compare = {
    /* What stands under the slider is on the page already; `shown`: a picture for each of the `keys`. */
    pair(keys, left, right, board, ...shown) {
      const at = (key) => key === "drawing" ? { path: "drawing.png", url: board.drawing, orig_name: "drawing.png" }
        : shown[keys.indexOf(key)];
      return [at(left) && at(right) ? [at(left), at(right)] : null];
    },
    /* A stroke that is drawn while the map is out of sight leaves it as it was: it follows when it is seen. */
    judge: (element, trigger) => new IntersectionObserver((seen) => {
      ganzoo.judging = seen.at(-1).isIntersecting;
      if (ganzoo.judging && ganzoo.stale) { ganzoo.stale = false; trigger("focus"); }
    }, { rootMargin: "400px" }).observe(element),
  };
})();
