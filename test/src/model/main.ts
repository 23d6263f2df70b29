import { inOwnTurn } from './drain.js';
import { explore } from './explore.js';
import { prepare } from './specimen.js';
import { FAULTS } from './faults.js';

const shapes = [
  { name: '2p1', lockers: 2, locks: 1, calls: 1, passes: 1 },
  { name: '2p1b', lockers: 2, locks: 1, calls: 1, passes: 0, breaks: 1 },
  { name: '2p1x', lockers: 2, locks: 1, calls: 1, passes: 0, crashes: 1 },
  { name: '2p1c', lockers: 2, locks: 1, calls: 1, passes: 0, cuts: 1 },
  { name: '2p1a', lockers: 2, locks: 1, calls: 1, passes: 0, aborts: 1 },
  { name: '2p1r', lockers: 2, locks: 1, calls: 1, passes: 1, renewals: 1 },
];
for (const fault of process.argv[2] === 'teeth' ? FAULTS : [undefined]) {
  const specimen = await prepare(fault);
  console.log(fault?.name);
  for (const shape of shapes) {
    const t = performance.now();
    const r = await inOwnTurn(() => explore(shape, specimen, fault ? 'nearest' : 'deepest'));
    console.log(shape.name, r.states, r.transitions, r.endings, r.depth, r.violation?.law, Math.round(performance.now() - t));
    if (r.violation && process.argv[3]) for (const a of r.violation.actions) console.log('   ', a.kind, 'abc'[a.party], a.place);
    if (r.violation) break;
  }
}
