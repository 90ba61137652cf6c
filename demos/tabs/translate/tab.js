/* The tab Translate: its address. All else is gradio's. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  const link = () => document.querySelector("#trl-report [data-link]")?.dataset.link;
  ganzoo.translate = {
    link: () => link() || "?tab=translate",
    start(element, trigger, watch) { // asks when the tab is first seen; from then on the address says what is shown
      let first = true;
      const seen = new IntersectionObserver((all) => {
        if (!all.some((one) => one.isIntersecting)) return;
        seen.disconnect();
        if (!link()) trigger("focus", { query: location.search });
      }, { rootMargin: "3000px" }); // on a phone it lies below the window
      seen.observe(element);
      watch("value", () => {
        if (!first && link() && element.offsetParent) history.replaceState(history.state, "", location.pathname + link());
        first = false;
      });
    },
  };
})();
