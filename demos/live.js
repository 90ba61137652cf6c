/* What the browser does by itself on the tab Watch it learn: the address says so while it is open. */
window.ganzoo = Object.assign(window.ganzoo || {}, {
  live() {
    document.addEventListener("click", (event) => {
      if (!event.target.closest?.("#tabs [role=tab]")) return;
      setTimeout(() => { // after the other tabs have said theirs
        if (document.querySelector("#live-stage")?.offsetParent) history.replaceState(history.state, "", `${location.pathname}?tab=live`);
        else if (new URLSearchParams(location.search).get("tab") === "live") history.replaceState(history.state, "", location.pathname);
      }, 100);
    });
  },
});
