// Follows the log: when a new head comes, the main part and the strip are read again. It also says in the strip when this
// browser last checked, that a head grows old, and that a newer one is known. Without it every page reads fine.
"use strict";
(() => {
  const feedAddress = document.currentScript && document.currentScript.dataset.feed;
  const shortest = 5000; // Milliseconds between two readings, so that a busy night does not flood a small phone.
  const spread = 3000; // Readers do not all come back in the same moment.
  let waiting = false;
  let last = Date.now();
  let newest = 0;
  let heard = false;

  const strip = () => document.getElementById("strip");

  // "2 minutes ago" in the page's own language.
  const ago = (milliseconds) => {
    const seconds = Math.round((Date.now() - milliseconds) / 1000);
    const [count, unit] = seconds < 90 ? [seconds, "second"] : seconds < 5400 ? [Math.round(seconds / 60), "minute"]
      : seconds < 129600 ? [Math.round(seconds / 3600), "hour"] : [Math.round(seconds / 86400), "day"];
    const language = document.documentElement.lang;
    return "Intl" in window && Intl.RelativeTimeFormat
      ? new Intl.RelativeTimeFormat(language).format(-count, unit) : new Date(milliseconds).toLocaleString(language);
  };

  // What the checker left: {"whose": name, "at": milliseconds, "ok": whether every check passed}.
  const checked = (log) => {
    try {
      const left = JSON.parse(window.localStorage.getItem("hakiki.checked." + log));
      return left && typeof left.whose === "string" && Number.isFinite(left.at) ? left : null;
    } catch {
      return null;
    }
  };

  const say = () => {
    const here = strip();
    if (!here) return;
    const { log, at, age, head } = here.dataset;
    const left = checked(log);
    const place = document.getElementById("checked");
    if (left && place) {
      place.textContent = here.dataset.checked.replace("{whose}", left.whose).replace("{when}", ago(left.at));
    }
    const minutes = at ? Math.floor((Date.now() / 1000 - Number(at)) / 60) : 0;
    const words = left && left.ok === false ? here.dataset.failed
      : newest > Number(head) ? here.dataset.older.replace("{place}", head)
      : at && age && minutes * 60 > Number(age) ? here.dataset.stale.replace("{minutes}", String(minutes)) : "";
    const alarm = document.getElementById("alarm");
    if (alarm && alarm.textContent !== words) {
      alarm.textContent = words;
      alarm.hidden = !words;
    }
  };

  const isBusy = () => {
    const main = document.getElementById("main");
    const active = document.activeElement;
    const selection = window.getSelection();
    return (active && active !== main && main.contains(active)) || (selection && !selection.isCollapsed)
      || main.querySelector("details[open]") !== null;
  };

  const read = async () => {
    waiting = false;
    if (document.hidden || isBusy()) return later();
    last = Date.now();
    const answer = await fetch(window.location.href, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    // What a reader has begun there, such as a text to sign, stays.
    const isKept = document.querySelector("main [data-keep]") !== null;
    for (const id of isKept ? ["strip"] : ["strip", "main"]) {
      const here = document.getElementById(id);
      const there = fresh.getElementById(id);
      if (here && there) here.replaceWith(document.adoptNode(there));
    }
    say();
  };

  const later = () => {
    if (waiting) return;
    waiting = true;
    const rest = Math.max(0, shortest - (Date.now() - last));
    window.setTimeout(() => read().catch(() => {}), rest + Math.random() * spread);
  };

  const told = (event) => {
    const size = Number(event.lastEventId);
    if (Number.isSafeInteger(size)) newest = Math.max(newest, size);
    // The first event is the head of now; a later one of the same size brings cosignatures.
    if (newest > Number(strip() ? strip().dataset.head : 0) || heard) later();
    heard = true;
  };

  say();
  window.setInterval(say, 30000);
  if (!feedAddress || !("EventSource" in window) || !("DOMParser" in window) || window.location.protocol === "file:") return;
  const feed = new EventSource(feedAddress);
  feed.addEventListener("head", told);
  feed.addEventListener("open", () => {
    const words = document.getElementById("live");
    if (words) words.textContent = words.dataset.live;
  });
})();
