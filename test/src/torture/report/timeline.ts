import {
  type CustomSeriesOption,
  type CustomSeriesRenderItem,
  type EChartsOption,
  init,
} from 'echarts';
import { HOT_LOCKS } from '../worker/choice.js';
import type { Outcome } from '../torture.js';
import type { Window } from './worst-minute.js';

const WIDTH = 1_800;
const ROW = 22;
const EDGES = { left: 90, right: 30, top: 100, bottom: 50 };
const SERVER = 'Redis';

/** Begin and end in seconds, and which row from the top. */
type Bar = [from: number, to: number, row: number];

/**
 * An SVG of a part of a run. Above, the hot locks: who believed, a colour for each worker. Below, the
 * server and the workers: what was done to them. What a row leaves white in the upper part is time in
 * which nobody believed.
 */
export function drawTimeline({ history, faults, options }: Outcome, window: Window): string {
  const rows = [
    ...HOT_LOCKS,
    SERVER,
    ...Array.from({ length: options.workers }, (_, slot) => `w${slot}`),
  ];
  const rowOf = (slot: number | 'all'): number =>
    rows.indexOf(slot === 'all' ? SERVER : `w${slot}`);
  const seconds = (at: number): number => (at - window.from) / 1_000;
  const seen = faults.filter(({ from, to }) => from <= window.to && to >= window.from);
  const beliefs = HOT_LOCKS.flatMap((lock) => history.beliefs.get(lock) ?? []).filter(
    ({ from, to }) => from <= window.to && to >= window.from,
  );
  const kinds = [...new Set(seen.map(({ kind }) => kind))].toSorted();
  const height = rows.length * ROW + EDGES.top + EDGES.bottom;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const option: EChartsOption = {
    animation: false,
    backgroundColor: '#fff',
    title: { text: `seed ${options.seed}: the hot locks, and what was done`, left: 10, top: 5 },
    legend: { data: kinds, top: 32, itemWidth: 12, itemHeight: 12, itemGap: 26 },
    grid: EDGES,
    xAxis: { type: 'value', min: 0, max: seconds(window.to), name: 's' },
    yAxis: { type: 'category', data: rows, inverse: true, splitLine: { show: true } },
    series: [
      ...Array.from({ length: options.workers }, (_, worker) =>
        bars(
          `w${worker}`,
          colourOf(worker, options.workers),
          0.75,
          beliefs
            .filter(({ slot }) => slot === worker)
            .map(({ lock, from, to }) => [seconds(from), seconds(to), rows.indexOf(lock)]),
        ),
      ),
      ...kinds.map((kind, index) =>
        bars(
          kind,
          colourOf(index, kinds.length),
          0.5,
          seen
            .filter((fault) => fault.kind === kind)
            .map(({ from, to, slot }) => [seconds(from), seconds(to), rowOf(slot)]),
        ),
      ),
    ],
  };
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function colourOf(index: number, count: number): string {
  return `hsl(${Math.round((index * 360) / count)}, 70%, ${index % 2 === 0 ? 45 : 60}%)`;
}

/** Bars of one colour. Even the shortest can be seen. */
function bars(name: string, color: string, share: number, data: Bar[]): CustomSeriesOption {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [left = 0, middle = 0] = api.coord([api.value(0), api.value(2)]);
    const [right = 0] = api.coord([api.value(1), api.value(2)]);
    const thickness = ROW * share;
    const shape = {
      x: left,
      y: middle - thickness / 2,
      width: Math.max(right - left, 1.5),
      height: thickness,
    };
    return { type: 'rect', shape, style: { fill: color } };
  };
  return { type: 'custom', name, color, renderItem, data, clip: true };
}
