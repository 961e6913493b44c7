/**
 * Who signed a record, and whether they may: signatures, roles, scopes, numbers.
 */

import { encodingFault, verifyStrict } from '../ed25519.mjs';
import { demand, Failure } from '../failure.mjs';
import { equal } from '../bytes.mjs';
import { holds } from './register.mjs';
import { Roster } from './roster.mjs';

/** @typedef {import('./roster.mjs').Holder} Holder */
/** @typedef {import('./register.mjs').Station} Station */
/** @typedef {import('./register.mjs').Area} Area */

/** Kinds that are held, not refused, when a signer's key was revoked before. */
const HOLDABLE = new Set(['form', 'intake', 'transcript', 'turnout']);

/** Roles that stand in the election record and change by `amend` only. */
export const FOUNDING_ROLES = new Set(['custodian', 'party', 'organisation', 'log']);

/**
 * The holders of the keys that signed, in the order of the signers. Every name and key stands together in the roster, the key id is
 * right and the signature verifies.
 * @param {import('./record.mjs').Record} record @param {import('./roster.mjs').Roster} roster
 * @returns {{holders: Holder[], held: boolean}}
 */
export function checkSignatures(record, roster) {
  const holders = record.signers.map(({ name, hash }) => roster.find(name, hash));
  holders.forEach((holder, i) => {
    demand(equal(record.signers[i].keyId, Roster.keyIdOf(holder)), 'R205', `the key id of ${holder.name} is another`);
  });
  holders.forEach((holder, i) => {
    const { signature } = record.signers[i];
    const verdict = record.verdicts[i] ?? verifyStrict(holder.key, record.textBytes, signature);
    if (!verdict) {
      const code = encodingFault(holder.key, signature) === '' ? 'R206' : 'R207';
      throw new Failure(code, `${holder.name}: the signature does not verify`);
    };
  });
  return { holders, held: HOLDABLE.has(record.kind) && holders.some(isRevoked) };
}

/** @param {Holder} holder */
function isRevoked({ revoked }) {
  return revoked !== Infinity;
}

/** For kinds that are not held. @param {Holder[]} holders */
export function demandInForce(holders) {
  for (const holder of holders) demand(!isRevoked(holder), 'R201', `the key of ${holder.name} was revoked at place ${holder.revoked}`);
}

/** @param {Holder} holder @param {Station} station */
export function holdsStation({ scope, code }, station) {
  if (scope === 'station') return code === station.code;
  return scope === null || holds(station.area.path, String(code));
}

/** @param {Holder} holder @param {Area} area */
export function holdsArea({ scope, code }, area) {
  return scope === null || (scope === 'area' && holds(area.path, String(code)));
}

/** @param {Holder[]} holders @param {string} role */
function withRole(holders, role) {
  return holders.filter((holder) => holder.role === role).length;
}

/**
 * Signer by signer: its role is one of those, its scope reaches the place. Then each role of `exactly` stands once.
 * @param {Holder[]} holders @param {(holder: Holder) => boolean} reaches @param {string[]} exactly @param {string[]} [besides]
 */
export function demandSigners(holders, reaches, exactly, besides = []) {
  const roles = [...exactly, ...besides];
  for (const holder of holders) {
    demand(roles.includes(holder.role), 'R202', `${holder.name} is enrolled as ${holder.role}, which does not sign this`);
    demand(reaches(holder), 'R203', `${holder.name} is not enrolled for this place`);
  }
  for (const role of exactly) {
    const count = withRole(holders, role);
    demand(count === 1, 'R204', `${count} signers are enrolled as ${role}, expected one`);
  }
}

/** @param {Holder[]} holders @param {Station} station @param {string[]} exactly @param {string[]} [besides] */
export function demandAtStation(holders, station, exactly, besides) {
  demandSigners(holders, (holder) => holdsStation(holder, station), exactly, besides);
}

/** @param {Holder[]} holders @param {string[]} roles */
export function demandRoles(holders, roles) {
  for (const { name, role } of holders) demand(roles.includes(role), 'R202', `${name} is enrolled as ${role}, which does not sign this`);
}

/**
 * As many custodians as the kind's quorum; organisations may sign besides, and nobody else.
 * @param {Holder[]} holders @param {Map<string, number>} quorums @param {string} kind
 */
export function demandQuorum(holders, quorums, kind) {
  const needed = quorums.get(kind);
  demand(needed !== undefined, 'R202', `no quorum is laid down for ${kind}`);
  for (const holder of holders) {
    if (holder.role === 'custodian') demandInForce([holder]);
    else demandRoles([holder], ['organisation']);
  }
  const count = withRole(holders, 'custodian');
  demand(count >= Number(needed), 'R204', `${count} custodians sign, ${kind} needs ${needed}`);
}

/** One signer of one of these roles, wherever enrolled. @param {Holder[]} holders @param {string[]} roles */
export function demandOne(holders, roles) {
  demand(holders.length === 1, 'R202', 'one key signs this');
  demandRoles(holders, roles);
  demandInForce(holders);
}

/** Only the log signs, alone. @param {Holder[]} holders */
export function demandLog(holders) {
  demand(holders.length === 1 && holders[0].role === 'log', 'R202', 'only the log signs this');
}
