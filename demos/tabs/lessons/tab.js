/* The tab Lessons: the lesson that the followed link names, and where a turned page begins. */
(() => {
  if (!window.ganzoo) return; // base.js went to the other language
  ganzoo.lessons = {
    first(order) {
      const at = Math.max(0, order.indexOf(new URLSearchParams(location.search).get("stage")));
      const button = (interactive) => ({ interactive, __type__: "update" });
      return [{ selected: at, __type__: "update" }, order[at], button(at > 0), button(at < order.length - 1)];
    },
    turned: () => setTimeout(() => { // once gradio has drawn it: its address, and its beginning
      ganzoo.address();
      if (document.getElementById("lessons-page").getBoundingClientRect().top < 0) ganzoo.reveal("lessons-page");
    }, 60),
  };
})();
