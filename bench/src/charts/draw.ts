import { type EChartsOption, init } from 'echarts';
import { figure } from '../report/figures.js';
import type { Bar, Chart, Panel } from './panel.js';

const WIDTH = 960;
const COLUMNS = 2;
const LABELS = 190;
const FIGURES = 56;
const BAR = 21;
const HEAD = 48;
const PANEL_HEAD = 40;
const GAP = 12;

/** White in every theme: the colours are chosen for it. */
const BACKGROUND = '#ffffff';
const TEXT = '#24292f';
const COLORS = { holdfast: '#0b6bcb', peer: '#9cb4cc', floor: '#c9c9c9' } as const;

/** A chart as SVG. */
export function draw({ title, panels }: Chart): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const bars = Math.max(...panels.map((panel) => panel.bars.length));
  const rowHeight = PANEL_HEAD + bars * BAR + GAP;
  const height = HEAD + rows * rowHeight;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(optionOf(title, panels, rowHeight, bars * BAR));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionOf(
  title: string,
  panels: readonly Panel[],
  rowHeight: number,
  barsHeight: number,
): EChartsOption {
  const columnWidth = WIDTH / COLUMNS;
  const places = panels.map((_, index) => ({
    left: (index % COLUMNS) * columnWidth,
    top: HEAD + Math.floor(index / COLUMNS) * rowHeight,
  }));
  return {
    animation: false,
    backgroundColor: BACKGROUND,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: [
      { text: title, left: 16, top: 12, textStyle: { fontSize: 17, color: TEXT } },
      ...panels.map((panel, index) => ({
        text: panel.title,
        left: (places[index]?.left ?? 0) + 16,
        top: (places[index]?.top ?? 0) + 8,
        textStyle: { fontSize: 13, color: TEXT },
      })),
    ],
    grid: places.map(({ left, top }) => ({
      left: left + LABELS,
      top: top + PANEL_HEAD,
      width: columnWidth - LABELS - FIGURES,
      height: barsHeight,
    })),
    yAxis: panels.map(({ bars }, index) => ({
      gridIndex: index,
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: TEXT, fontSize: 11, interval: 0 },
    })),
    xAxis: panels.map((panel, index) => axisOf(panel, index)),
    series: panels.flatMap((panel, index) => seriesOf(panel, index)),
  };
}

function axisOf({ bars, logarithmic = false }: Panel, index: number): object {
  const values = bars.flatMap(({ value, range = [] }) => [value ?? 0, ...range]);
  const positive = values.filter((value) => value > 0);
  const scale = logarithmic
    ? { type: 'log', min: 10 ** Math.floor(Math.log10(Math.min(...positive))) }
    : { type: 'value', min: 0 };
  return { ...scale, gridIndex: index, show: false, max: Math.max(...values) };
}

function seriesOf({ bars }: Panel, index: number): object[] {
  const axes = { xAxisIndex: index, yAxisIndex: index };
  return [
    {
      ...axes,
      type: 'bar',
      barWidth: 13,
      data: bars.map(({ value, role }) => ({
        value: value ?? 0,
        itemStyle: { color: COLORS[role] },
      })),
    },
    {
      ...axes,
      type: 'custom',
      data: bars.map((_, place) => place),
      renderItem: (_: unknown, api: Coordinates) => details(bars, api),
    },
  ];
}

interface Coordinates {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** The figure beside a bar, and a thin line between what the rounds were. */
function details(bars: readonly Bar[], api: Coordinates): object {
  const place = api.value(0);
  const { value, range } = bars[place] ?? { value: undefined };
  const [, y] = api.coord([1, place]);
  const at = (x: number): number => api.coord([x, place])[0];
  const [low, high] = range ?? [value ?? 0, value ?? 0];
  const text = value === undefined ? 'failed' : figure(value);
  const x = value === undefined ? at(0) : Math.max(at(value), at(high));
  const style = { text, fill: TEXT, fontSize: 11, verticalAlign: 'middle' };
  const line = { x1: at(low), y1: y, x2: at(high), y2: y };
  return {
    type: 'group',
    children: [
      ...(range === undefined
        ? []
        : [{ type: 'line', shape: line, style: { stroke: TEXT, lineWidth: 1 } }]),
      { type: 'text', x: x + 5, y, style },
    ],
  };
}
