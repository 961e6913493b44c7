// Compares two texts of audits: node web/test/audits-same.mjs FILE < TEXT. Taints and risks may differ in the last decimal. Exit 1 and where
// they part, else 0.

import { readFileSync } from 'node:fs';

import { parted } from './support/audits.mjs';

const difference = parted(readFileSync(0, 'utf8'), readFileSync(process.argv[2], 'utf8'));
if (difference !== null) {
  console.log(difference);
  process.exitCode = 1;
}
