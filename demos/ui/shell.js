(() => { // what another tab asks stands elsewhere; and the page itself takes the shell's place
  const shell = document.querySelector(".gz-shell"), query = new URLSearchParams(location.search);
  if (["tab", "lesson", "set", "model"].some((key) => query.has(key))) shell.querySelector("section").remove();
  const pictures = shell.querySelectorAll("section img").length - 1; // beside the drawing
  const results = () => [...document.querySelectorAll("#cmp-results img")];
  const there = () => pictures < 1 ? document.querySelector("#tabs h2")
    : results().length >= pictures && document.querySelector("#cmp-took p") && document.querySelector("#cmp-verdict p");
  const watching = new MutationObserver(() => {
    if (!document.querySelector("main .gz-top") || !there()) return;
    watching.disconnect();
    // a picture has no height before it is decoded
    Promise.allSettled(results().map((picture) => picture.decode())).then(() => shell.remove());
  });
  watching.observe(document.body, { childList: true, subtree: true });
})();
