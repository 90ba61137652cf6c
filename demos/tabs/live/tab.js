/* What the browser does by itself on the tab Watch it learn: while it is open the address says so, with the settings that
   are not the first ones, so that a link brings them back. */
window.ganzoo = Object.assign(window.ganzoo || {}, (() => {
  let settings = []; // [element, name in the address, choices, the first one]
  const here = () => document.querySelector("#live-stage")?.offsetParent;
  const say = (link) => history.replaceState(history.state, "", location.pathname + link);
  const address = () => {
    const said = new URLSearchParams({ tab: "live" });
    for (const [id, name, choices, first] of settings) {
      const chosen = choices[[...document.querySelectorAll(`#${id} input`)].findIndex((input) => input.checked)];
      if (chosen !== undefined && chosen !== first) said.set(name, chosen);
    }
    return `?${said}`;
  };
  return {
    live() {
      document.addEventListener("click", (event) => {
        if (!event.target.closest?.("#tabs [role=tab]")) return;
        setTimeout(() => { // after the other tabs have said theirs
          if (here()) say(address());
          else if (new URLSearchParams(location.search).get("tab") === "live") say("");
        }, 100);
      });
      document.addEventListener("change", (event) => {
        if (settings.some(([id]) => event.target.closest?.(`#${id}`))) say(address());
      });
    },
    /* The values that the address asks for, in order; the first ones where it says nothing or nonsense. */
    liveLink(all) {
      settings = all;
      const said = new URLSearchParams(location.search), asked = said.get("tab") === "live";
      return all.map(([, name, choices, first]) => {
        const found = asked ? choices.findIndex((choice) => String(choice) === said.get(name)) : -1;
        return found < 0 ? first : choices[found];
      });
    },
  };
})());
