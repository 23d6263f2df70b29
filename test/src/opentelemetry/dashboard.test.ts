/** What docs/telemetry.md shows. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { METRIC } from '@holdfast/opentelemetry';
import { drawDashboard } from '../../../examples/dist/telemetry/draw-dashboard.js';
import { drawTraces } from '../../../examples/dist/telemetry/draw-trace.js';
import { panelsOf } from '../../../examples/dist/telemetry/panels.js';
import { FOLDER, readRecording } from '../../../examples/dist/telemetry/recording.js';

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const read = (file: string): Promise<string> => readFile(new URL(file, FOLDER), 'utf8');
const dashboard = JSON.parse(await read('dashboard.json')) as Dashboard;

test('the dashboard asks for every metric, and for no other', () => {
  const asked = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\bholdfast_\w+/g) ?? []),
  );
  const labels = new Set(['holdfast_lock_group', 'holdfast_outcome', 'holdfast_loss_reason']);
  const metrics = new Set(asked.filter((name) => !labels.has(name)));
  const counters = new Set<string>([METRIC.losses, METRIC.renewals]);
  const expected = Object.values(METRIC).map((name) => {
    return name.replaceAll('.', '_') + (counters.has(name) ? '_total' : '');
  });
  assert.deepEqual([...metrics].toSorted(), expected.toSorted());
});

test('the pictures are drawn from what was recorded, with the panels of the dashboard', async () => {
  const recording = await readRecording();
  const panels = panelsOf(recording);
  assert.deepEqual(
    panels.map(({ title }) => title),
    dashboard.panels.map(({ title }) => title),
  );
  const times = recording.samples.map(({ at }) => at);
  assert.equal(await read('trace.svg'), drawTraces(recording.spans));
  assert.equal(await read('dashboard.svg'), drawDashboard(panels, times));
});
