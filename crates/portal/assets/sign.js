// Signing in the browser: makes an Ed25519 key that cannot leave it, shows a waiting text in full, sends the signature line.
// Formats: C2SP signed-note; docs/reference/log.md (/pending) and records.md (proof of possession).

const page = document.getElementById("sign");
const at = (id) => document.getElementById(id);
const words = new Map(page.dataset.words.split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));
const say = (name, values = {}) =>
  words.get(name).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
const { pending, fingerprint, origin, records } = page.dataset;
const ED25519 = 1; // The type byte of a signed-note key.

const utf8 = (text) => new TextEncoder().encode(text);
const joined = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

// Keys of this browser. The private half is an object that no script can read.
const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const store = async (mode) => {
  const asked = indexedDB.open("hakiki-sign", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys", { keyPath: ["election", "name"] });
  return (await done(asked)).transaction("keys", mode).objectStore("keys");
};
const keysHere = async () => (await done((await store("readonly")).getAll())).filter((key) => key.election === fingerprint);

const typed = (key) => joined([ED25519], key.public);
const idOf = async (key) => (await sha256(joined(utf8(`${key.name}\n`), typed(key)))).slice(0, 4);
const signature = async (key, text) => new Uint8Array(await crypto.subtle.sign("Ed25519", key.private, utf8(text)));

/** The public key as a line, and the proofs of possession as `hakiki keygen --origin … --fingerprint …` prints them. */
async function publicLines(key) {
  const whose = `name ${key.name}\nkey ${hex(await sha256(typed(key)))}\n`;
  const proof = async (over) => base64(await signature(key, `hakiki/possession@v1\n${over}\n${whose}`));
  const lines = [`${key.name}+${hex(await idOf(key))}+${base64(typed(key))}`];
  for (const over of [`origin ${origin}`, `election ${fingerprint}`]) {
    lines.push(`${key.name} ${base64(typed(key))} ${await proof(over)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** The line of a signed note: base64 of key id and signature. */
const noteLine = async (key, text) =>
  `\u2014 ${key.name} ${base64(joined(await idOf(key), await signature(key, text)))}\n`;

let keys = [];
const chosen = () => keys.find((key) => key.name === at("key").value);
let shown = null; // The text on view: its line of the list, and its bytes as text.

async function showKeys(name) {
  keys = await keysHere();
  at("have-key").hidden = keys.length === 0;
  at("key").replaceChildren(...keys.map((key) => new Option(key.name, key.name)));
  if (name) at("key").value = name;
  await chooseKey();
}

async function chooseKey() {
  const key = chosen();
  at("public").textContent = key ? await publicLines(key) : "";
  offer();
}

async function makeKey(event) {
  event.preventDefault();
  const name = at("key-name").value;
  at("key-trouble").textContent = "";
  if (/[\s+\p{Cc}]/u.test(name) || name === "") return void (at("key-trouble").textContent = say("bad_name"));
  if (keys.some((key) => key.name === name)) return void (at("key-trouble").textContent = say("taken"));
  let pair;
  try {
    pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  } catch {
    return void (at("key-trouble").textContent = say("no_ed25519"));
  }
  const bytes = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const key = { election: fingerprint, name, private: pair.privateKey, public: bytes };
  await done((await store("readwrite")).add(key));
  // Asks the browser not to throw it away when its disk is full; it may say no.
  await navigator.storage?.persist?.().catch(() => false);
  randomName();
  await showKeys(name);
}

function randomName() {
  at("key-name").value = `k-${hex(crypto.getRandomValues(new Uint8Array(8)))}`;
}

const ask = (address, more = {}) => fetch(address, { cache: "no-store", credentials: "omit", redirect: "error", ...more });

/** A line of the list: id, kind, signed, named, quorum, seconds, then who is missing. */
function lineOf(text) {
  const [id, kind, signed, named, , , ...missing] = text.split(" ");
  return { id, kind, signed, named, missing };
}

async function list() {
  const state = at("pending-state");
  state.textContent = "";
  let text;
  try {
    const answer = await ask(pending);
    if (!answer.ok || !(answer.headers.get("content-type") ?? "").startsWith("text/plain")) {
      state.textContent = say("at_node");
      return;
    }
    text = await answer.text();
  } catch {
    state.textContent = say("no_reach");
    return;
  }
  const mine = chosen()?.name;
  const lines = text.split("\n").filter(Boolean).map(lineOf);
  lines.sort((a, b) => b.missing.includes(mine) - a.missing.includes(mine));
  if (lines.length === 0) state.textContent = say("nothing");
  at("pending").replaceChildren(...lines.map(entry));
}

function entry(line) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("read");
  button.addEventListener("click", () => show(line));
  const kind = document.createElement("b");
  kind.textContent = line.kind;
  const id = document.createElement("code");
  id.textContent = line.id;
  button.setAttribute("aria-label", `${say("read")}: ${line.kind} ${line.id.slice(0, 8)}`);
  item.append(kind, ` · ${say("signed_of", line)} ${line.missing.join(", ")} · `, id, " ", button);
  return item;
}

/** What is not seen is made seen, so that the text on view is the text that is signed. */
const visible = (text) => text.replace(/[^\n\P{C}]/gu, (sign) => `\\u{${sign.codePointAt(0).toString(16)}}`);

async function show(line) {
  at("one-text").hidden = false;
  at("signed-state").textContent = "";
  at("answer").hidden = true;
  at("text").textContent = "";
  shown = null;
  offer();
  let note;
  try {
    const answer = await ask(`${pending}/${line.id}`);
    if (!answer.ok) return void (at("signed-state").textContent = `${say("refused")} ${await answer.text()}`);
    note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await answer.arrayBuffer());
  } catch {
    return void (at("signed-state").textContent = say("no_reach"));
  }
  // Signatures stand behind the last empty line.
  const text = note.slice(0, note.lastIndexOf("\n\n") + 1);
  if (hex(await sha256(utf8(text))) !== line.id) return void (at("signed-state").textContent = say("other_text"));
  if (text.split("\n")[1] !== `election ${fingerprint}`) return void (at("signed-state").textContent = say("other_election"));
  shown = { line, text };
  at("text").textContent = visible(text);
  offer();
  at("text").focus();
}

/** The button that signs stands only where the key on view is still to sign the text on view. */
function offer() {
  const key = chosen();
  const button = at("do-sign");
  const isNamed = shown !== null && key !== undefined && shown.line.missing.includes(key.name);
  button.hidden = !isNamed;
  if (isNamed) [button.textContent, at("signed-state").textContent] = [say("do_sign", { name: key.name }), ""];
  else if (shown !== null && key !== undefined) at("signed-state").textContent = say("not_named", { name: key.name });
}

async function sign() {
  const [key, { line, text }] = [chosen(), shown];
  at("do-sign").hidden = true;
  const state = at("signed-state");
  let answer;
  try {
    const headers = { "content-type": "text/plain; charset=utf-8" };
    answer = await ask(`${pending}/${line.id}`, { method: "POST", headers, body: await noteLine(key, text) });
  } catch {
    state.textContent = say("no_reach");
    at("do-sign").hidden = false;
    return;
  }
  const said = await answer.text();
  if (answer.status === 202) {
    shown.line = lineOf(said.trim());
    state.textContent = say("signed", { names: shown.line.missing.join(", ") });
  } else if (answer.ok) {
    const link = document.createElement("a");
    link.href = `${records}${line.id}/`;
    link.textContent = line.id;
    state.replaceChildren(`${say("whole")} `, link);
  } else {
    state.textContent = say("refused");
    at("answer").textContent = said;
    at("answer").hidden = false;
  }
  await list();
}

if (globalThis.crypto?.subtle && globalThis.indexedDB) {
  at("no-script").hidden = true;
  page.hidden = false;
  randomName();
  at("make-key").addEventListener("submit", makeKey);
  at("key").addEventListener("change", async () => { await chooseKey(); await list(); });
  at("refresh").addEventListener("click", list);
  at("do-sign").addEventListener("click", sign);
  await showKeys();
  await list();
}
