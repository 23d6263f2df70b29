import { readFileSync, writeFileSync } from 'node:fs';

const lines = readFileSync('tsconfig.json', 'utf8');
writeFileSync(
  'tsconfig.json',
  lines.replace('"experimentalDecorators": false', '"experimentalDecorators": true'),
);
