// Follows the log: when a new head comes, the main part and the strip are read again. Without it every page reads fine.
"use strict";
(() => {
  if (!("EventSource" in window) || !("DOMParser" in window)) return;
  const shortest = 5000; // Milliseconds between two readings, so that a busy night does not flood a small phone.
  const spread = 3000; // Readers do not all come back in the same moment.
  let waiting = false;
  let last = Date.now();

  const isBusy = () => {
    const main = document.getElementById("main");
    const active = document.activeElement;
    const selection = window.getSelection();
    return (active && main.contains(active)) || (selection && !selection.isCollapsed);
  };

  const read = async () => {
    waiting = false;
    if (document.hidden || isBusy()) return later();
    last = Date.now();
    const answer = await fetch(window.location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["strip", "main"]) {
      const here = document.getElementById(id);
      const there = fresh.getElementById(id);
      if (here && there) here.replaceWith(document.adoptNode(there));
    }
  };

  const later = () => {
    if (waiting) return;
    waiting = true;
    const rest = Math.max(0, shortest - (Date.now() - last));
    window.setTimeout(() => read().catch(() => {}), rest + Math.random() * spread);
  };

  const feed = new EventSource("/feed");
  feed.addEventListener("message", later);
  feed.addEventListener("head", later);
})();
