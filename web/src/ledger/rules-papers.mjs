/**
 * The rules of what comes from a station: `form`, `intake`, `transcript`, `turnout`, and what is said beside them: `image`, `attest`,
 * `missing`.
 */

import { demand } from '../failure.mjs';
import { ALL_BOXES } from './grammar.mjs';
import { demandAtStation, demandInForce } from './signers.mjs';

/** @typedef {import('./rules.mjs').Case} Case */

/** @type {Record<string, import('./rules.mjs').Rule>} */
export const PAPER_RULES = { form, intake, transcript, turnout, image, attest, missing };

/** Who takes photographs. */
const AT_THE_PAPER = ['agent', 'compiler', 'deputy', 'kit', 'observer', 'presiding', 'reader', 'returning', 'second'];

/** @param {import('./ledger.mjs').Ledger} ledger */
export function demandZero(ledger) {
  demand(ledger.zero !== null, 'R303', 'the zero report has not been made');
}

/**
 * The boxes are those of the contest's paper; a compilation may lack some.
 * @param {{election: import('./election.mjs').Election}} ledger @param {{contest: import('./election.mjs').Contest}} race
 * @param {import('./text.mjs').Fields} fields
 */
export function demandBoxes({ election }, { contest }, fields) {
  demand(fields.votes.length > 0, 'R105', 'a form has votes lines');
  for (const box of ALL_BOXES) {
    const there = fields[box] !== undefined;
    demand(!there || contest.boxes.has(box), 'R105', `${box} is not a box of the paper for ${contest.code}`);
    demand(there || !contest.boxes.has(box) || election.authority === 'none', 'R105', `${box} is missing; it is a box of the paper`);
  }
}

/**
 * What a paper says, as one text; equal texts, equal boxes: the same votes lines, those of numbers that are not on the ballot included, and
 * the same other boxes.
 * @param {import('./text.mjs').Fields} fields
 */
export function boxesText(fields) {
  let text = '';
  for (const [number, value] of fields.votes) text += `${number}=${value} `;
  for (const box of ALL_BOXES) if (fields[box] !== undefined) text += `${box}=${fields[box]} `;
  return text;
}

/** @param {Case} given @param {import('./register.mjs').Station} station @returns {() => void} */
function taken({ ledger, record, fields, holders, held, place }, station) {
  return () => {
    const { papers } = ledger.race(fields.contest);
    const paper = { place, id: record.id, kind: record.kind, contest: fields.contest, station, fields, held,
      boxes: boxesText(fields),
      late: holders.some(({ late }) => late) };
    const before = papers.get(station.code);
    if (before) before.push(paper);
    else papers.set(station.code, [paper]);
    /** @type {any} */ (ledger.ids.get(record.id)).paper = paper;
  };
}

/** @param {Case} given */
function form(given) {
  const { ledger, fields, holders } = given;
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const station = ledger.register.station(fields.station);
  demandBoxes(ledger, race, fields);
  demand(fields['seen-head'] <= given.place, 'R304', `seen-head ${fields['seen-head']} is larger than this log`);
  demandAtStation(holders, station, ['kit', 'presiding'], ['deputy', 'agent']);
  return taken(given, station);
}

/** @param {Case} given */
function intake(given) {
  const { ledger, fields, holders } = given;
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const station = ledger.register.station(fields.station);
  demandBoxes(ledger, race, fields);
  demandAtStation(holders, station, ['returning', 'second']);
  return taken(given, station);
}

/** @param {Case} given */
function transcript(given) {
  const { ledger, fields, holders } = given;
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const station = ledger.register.station(fields.station);
  demandBoxes(ledger, race, fields);
  demand(ledger.election.authority === 'none', 'R307', 'a transcript counts only in a compilation, whose authority is none');
  for (const box of fields.derived) demand(fields[box] !== undefined, 'R105', `${box} is named as derived and is not there`);
  demandAtStation(holders, station, [], ['compiler', 'reader']);
  demand(holders.length === 1, 'R202', 'one key signs this');
  return taken(given, station);
}

/** @param {Case} given */
function turnout({ ledger, fields, holders, held, place }) {
  demandZero(ledger);
  const station = ledger.register.station(fields.station);
  demandAtStation(holders, station, ['kit', 'presiding'], ['deputy']);
  return () => {
    const said = ledger.turnouts.get(station.code) ?? [];
    ledger.turnouts.set(station.code, said);
    said.push({ place, device: fields.device, manual: fields.manual, final: fields.final === 'yes', held });
  };
}

/** @param {Case} given */
function image({ ledger, fields, holders, place }) {
  const paper = ledger.paper(fields.of);
  demandAtStation(holders, paper.station, [], AT_THE_PAPER);
  demandInForce(holders);
  return () => ledger.images.push({ place, fields, paper });
}

/** @param {Case} given */
function attest({ ledger, fields, holders, place }) {
  const paper = ledger.paper(fields.of);
  demand((fields.votes.length > 0) === (fields.says === 'own-copy'), 'R105', 'votes stand in `own-copy` and nowhere else');
  demand((fields.observed.length > 0) === (fields.says === 'observation'), 'R105', '`observed` stands in `observation` and nowhere else');
  demandAtStation(holders, paper.station, [], ['agent', 'observer', 'party']);
  demandInForce(holders);
  demand(holders.length === 1, 'R202', "an attestation is one key's own act");
  const [holder] = holders;
  return () => ledger.attests.push({ place, fields, paper, holder });
}

/** @param {Case} given */
function missing({ ledger, fields, holders, place }) {
  demandZero(ledger);
  const race = ledger.race(fields.contest);
  const station = ledger.register.station(fields.station);
  demandAtStation(holders, station, [], ['returning']);
  demandInForce(holders);
  return () => {
    const said = race.missing.get(station.code) ?? [];
    race.missing.set(station.code, said);
    said.push({ place, reason: fields.reason });
  };
}
