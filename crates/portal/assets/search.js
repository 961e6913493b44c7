// Search in a copy of plain files: reads search/index.json and two or three of the files that it names, and ranks as the
// server does (crates/portal/src/place_index.rs). Where there is no such index, the form goes to the server.
"use strict";
(() => {
  const form = document.getElementById("search");
  const found = document.getElementById("found");
  if (!form || !found || !("fetch" in window) || !String.prototype.normalize) return;
  const most = 50; // Results shown.
  const rest = 200; // Milliseconds after the last key.
  const filesAtOnce = 6;
  const words = new Map(form.dataset.words.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const say = (name, values = {}) =>
    words.get(name).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
  const language = document.documentElement.lang;

  const fold = (text) =>
    text.normalize("NFKD").replace(/[\p{M}'’ʼ‘`]/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const foldCode = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const allowed = (letters) => (letters < 4 ? 0 : letters < 8 ? 1 : 2);

  // Letters wrong, too many, missing or swapped; more than `bound` is Infinity.
  const slips = (one, other, bound) => {
    const [a, b] = [[...one], [...other]];
    if (Math.abs(a.length - b.length) > bound) return Infinity;
    let before = [];
    let last = b.map((_, j) => j + 1);
    last.unshift(0);
    for (let i = 0; i < a.length; i++) {
      const row = [i + 1];
      for (let j = 0; j < b.length; j++) {
        let least = Math.min(last[j] + (a[i] === b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1);
        if (i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j]) least = Math.min(least, before[j - 1] + 1);
        row.push(least);
      }
      if (Math.min(...row) > bound) return Infinity;
      [before, last] = [last, row];
    }
    return last[b.length] <= bound ? last[b.length] : Infinity;
  };

  let index; // A promise of the index; of null where there is none.
  const folder = form.dataset.index.replace(/index\.json$/, "");
  const file = async (name) => {
    const answer = await fetch(folder + name, { headers: { accept: "application/json" } });
    return answer.ok ? answer.json() : null;
  };
  const readIndex = () => (index ??= file("index.json").catch(() => null));
  const read = new Map();
  const readShard = (number) => {
    if (!read.has(number)) read.set(number, file(`${number}.json`).catch(() => null));
    return read.get(number);
  };

  // The files in which a word can stand; `loosely` also those whose beginning is a slip away.
  const filesOf = (manifest, word, loosely) => {
    const beginnings = Object.keys(manifest.shards);
    const fits = (beginning) => word.startsWith(beginning) || beginning.startsWith(word);
    const isNear = (beginning) => slips(beginning, word.slice(0, beginning.length), 1) <= 1;
    const closest = (a, b) => b.length - a.length;
    const all = beginnings.filter(loosely ? isNear : fits).sort(closest);
    const chosen = all.slice(0, loosely ? 2 * filesAtOnce : filesAtOnce);
    return chosen.map((beginning) => manifest.shards[beginning]);
  };

  const codeHow = (code, its) => {
    if (!code) return null;
    if (its === code) return ["code", 0];
    if (code.length >= 2 && its.startsWith(code)) return ["begins", 1];
    if (!/\d/.test(code)) return null;
    if (code.length >= 4 && its.includes(code)) return ["holds", 2];
    return code.length >= 6 && slips(code, its, 1) <= 1 ? ["near", 3] : null;
  };

  const nameScore = (manifest, query, its) => {
    const score = { matched: 0, cost: 0, readAs: [] };
    for (const word of query) {
      let best = [Infinity, ""];
      for (const one of its) {
        let cost = Infinity;
        if (one === word) cost = 0;
        else if (word.length >= 2 && one.startsWith(word)) cost = 1;
        else if ((manifest.alike[word] ?? []).includes(one)) cost = 1;
        else cost = 1 + 2 * slips(word, one, allowed(word.length));
        if (cost < best[0]) best = [cost, one];
      }
      if (best[0] === Infinity) continue;
      score.matched += 1;
      score.cost += best[0];
      if (!best[1].startsWith(word)) score.readAs.push([word, best[1]]);
    }
    return score;
  };

  const rank = (manifest, text, rows) => {
    const code = foldCode(text);
    const query = fold(text);
    const levelWords = manifest.levels.map((names) => Object.values(names).flatMap(fold));
    const scored = rows.map((row) => {
      const [level, itsCode, name] = row;
      const how = codeHow(code, foldCode(itsCode));
      const its = fold(name);
      const more = level < 0 ? [] : levelWords[level] ?? [];
      return { row, how, length: its.length, ...nameScore(manifest, query, its.concat(more)) };
    });
    // The whole code or its beginning leave no room for digits within it or a slip.
    const nearest = Math.min(...scored.map((one) => (one.how ? Math.max(1, one.how[1]) : Infinity)));
    const byCode = scored.filter((one) => one.how && one.how[1] <= nearest).sort((a, b) => a.how[1] - b.how[1]);
    for (const one of scored) if (one.how && one.how[1] > nearest) one.how = null;
    // A number that leads somewhere is a code and no word of a name.
    if (byCode.length > 0 && !/\p{L}/u.test(text)) return { all: byCode, onlySome: false };
    const matched = Math.max(0, ...scored.map((one) => one.matched));
    const byName = scored
      .filter((one) => !one.how && matched > 0 && one.matched === matched)
      .sort((a, b) => a.cost - b.cost || a.length - b.length || b.row[0] - a.row[0]);
    return { all: byCode.concat(byName), onlySome: byCode.length === 0 && matched < query.length };
  };

  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  const item = (manifest, { row, how, readAs }) => {
    const [level, code, name, within] = row;
    const place = encodeURIComponent(code);
    const contest = encodeURIComponent(manifest.contest);
    const link = element("a");
    link.href = `${form.dataset.root}${level < 0 ? "station" : "area"}/${contest}/${place}/`;
    link.append(element("bdi", name));
    const about = element("small", level < 0 ? "" : `${manifest.levels[level]?.[language] ?? ""} `);
    about.append(element("span", code, "code-of"));
    if (within) about.append(" · ", element("bdi", within));
    const reason = how
      ? say(how[0])
      : readAs.map(([typed, as]) => say("read_as", { typed, read: as })).join(", ") || say("name");
    const line = element("li");
    line.append(link, " ", about, " ", element("small", reason, "how"));
    return line;
  };

  const show = (manifest, text, { all, onlySome }, common) => {
    const parts = [];
    if (all.length === 0) parts.push(element("p", say("none", { query: text })));
    else {
      parts.push(element("h2", say(all.length === 1 ? "found_one" : "found", { count: all.length })));
      if (onlySome) parts.push(element("p", say("only_some")));
      if (all.length > most) parts.push(element("p", say("too_many", { count: most })));
      const list = element("ul", undefined, "found");
      list.append(...all.slice(0, most).map((one) => item(manifest, one)));
      parts.push(list);
    }
    if (common.length > 0) parts.push(element("p", say("common", { words: common.join(", ") })));
    found.replaceChildren(...parts);
  };

  let asked = 0;
  const search = async (text) => {
    const manifest = await readIndex();
    if (!manifest) return false;
    const mine = ++asked;
    const [query, code] = [fold(text), foldCode(text)];
    if (code.length < 2) {
      found.replaceChildren(...(text ? [element("p", say("too_short", { count: 2 }))] : []));
      return true;
    }
    const common = query.filter((word) => manifest.common.includes(word));
    const rare = query.filter((word) => !common.includes(word));
    const meant = rare.concat(rare.flatMap((word) => manifest.alike[word] ?? []), /\d/.test(code) ? [code] : []);
    let answer = { all: [], onlySome: false };
    for (const loosely of [false, true]) {
      const numbers = [...new Set(meant.flatMap((word) => filesOf(manifest, word, loosely)))];
      if (numbers.length > 0 && found.childElementCount === 0) found.replaceChildren(element("p", say("loading")));
      const shards = await Promise.all(numbers.map(readShard));
      const rows = new Map(shards.flatMap((shard) => shard ?? []).map((row) => [`${row[0]} ${row[1]}`, row]));
      answer = rank(manifest, text, [...rows.values()]);
      if (answer.all.length > 0 && !answer.onlySome) break;
    }
    if (mine === asked) show(manifest, text, answer, answer.all.length === 0 ? common : []);
    return true;
  };

  const input = form.elements.q;
  let waiting;
  input.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => search(input.value.trim()), rest);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search(input.value.trim()).then((done) => {
      if (!done) return form.submit();
      window.history.replaceState(null, "", `?q=${encodeURIComponent(input.value.trim())}`);
    });
  });
  const first = new URLSearchParams(window.location.search).get("q");
  if (first && found.childElementCount === 0) {
    input.value = first;
    search(first.trim());
  }
})();
