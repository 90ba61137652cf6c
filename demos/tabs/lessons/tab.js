/* What the browser does by itself on the tab Lessons: the address says which lesson is open and what it shows. */
window.ganzoo = Object.assign(window.ganzoo || {}, (() => {
  const asked = new URLSearchParams(location.search); // the link that was followed
  const say = (link) => history.replaceState(history.state, "", location.pathname + link);
  const open = () => [...document.querySelectorAll(".gz-lesson")].find((lesson) => lesson.offsetParent);
  const lessonLink = () => setTimeout(() => { // once gradio has drawn it
    const lesson = open();
    if (lesson) say(lesson.querySelector(".gz-stage")?.dataset.link || `?tab=lessons&stage=${lesson.id.slice(2)}`);
  }, 60);
  document.addEventListener("click", (event) => { // going to another tab and coming back
    if (event.target.closest?.("#tabs [role=tab]")) setTimeout(() => {
      if (open()) lessonLink(); else if (new URLSearchParams(location.search).get("tab") === "lessons") say("");
    }, 60);
  });
  return {
    lessonLink,
    firstLesson: (order) => {
      const at = Math.max(0, order.indexOf(asked.get("stage")));
      return [{ selected: at, __type__: "update" }, order[at]];
    },
    lesson(element, trigger, watch) { // computed when it is first opened; a press says where in a picture or a map
      watch("value", lessonLink);
      element.addEventListener("pointerdown", (event) => {
        const place = event.target.closest("[data-point]"), box = place?.getBoundingClientRect();
        if (box) trigger("input", { on: place.dataset.point, x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
      });
      trigger("select", { query: asked.toString() });
    },
  };
})());
