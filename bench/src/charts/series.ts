import { figure } from '../report/figures.js';
import type { Bar, Panel } from './panel.js';

export const TEXT = '#24292f';
const COLORS = { holdfast: '#0b6bcb', peer: '#9cb4cc', floor: '#c9c9c9' } as const;

/** How long the bar of a value is, in units of the panel's axis. */
type Length = (value: number) => number;

function lengthIn({ bars, logarithmic = false }: Panel): Length {
  if (!logarithmic) return (value) => value;
  // The smallest has a bar too; none at all has no place on this scale.
  const least = Math.min(...bars.map(({ value = 0 }) => value).filter((value) => value > 0)) / 3;
  return (value) => Math.log(Math.max(value, least) / least);
}

/** Of all bars, and of what stands beside them. */
export function longest(panel: Panel): number {
  const length = lengthIn(panel);
  return Math.max(
    ...panel.bars.flatMap(({ value = 0, range = [] }) => [value, ...range]).map(length),
  );
}

/** The bars of a panel, and what is written beside them. */
export function seriesOf(panel: Panel, index: number): object[] {
  const { bars } = panel;
  const length = lengthIn(panel);
  const axes = { xAxisIndex: index, yAxisIndex: index };
  return [
    {
      ...axes,
      type: 'bar',
      barWidth: 13,
      data: bars.map(({ value = 0, role }) => ({
        value: value === 0 ? 0 : length(value),
        itemStyle: { color: COLORS[role] },
      })),
    },
    {
      ...axes,
      type: 'custom',
      z: 3,
      data: bars.map((_, place) => [0, place]),
      renderItem: (_: unknown, api: Coordinates) => details(bars, length, api),
    },
  ];
}

interface Coordinates {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** The figure beside a bar, and a thin line between what the rounds were. */
function details(bars: readonly Bar[], length: Length, api: Coordinates): object {
  const place = api.value(1);
  const { value, range } = bars[place] ?? { value: undefined };
  const [low, high] = range ?? [value ?? 0, value ?? 0];
  const at = (x: number): number => api.coord([x === 0 ? 0 : length(x), place])[0];
  const [, y] = api.coord([0, place]);
  const text = value === undefined ? 'failed' : figure(value);
  const style = { text, fill: TEXT, fontSize: 11, verticalAlign: 'middle' };
  const line = { x1: at(low), y1: y, x2: at(high), y2: y };
  return {
    type: 'group',
    children: [
      ...(range === undefined
        ? []
        : [{ type: 'line', shape: line, style: { stroke: TEXT, lineWidth: 1 } }]),
      { type: 'text', x: at(high) + 5, y, style },
    ],
  };
}
