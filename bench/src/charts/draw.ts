import { type EChartsOption, init } from 'echarts';
import type { Chart, Panel } from './panel.js';
import { longest, seriesOf, TEXT } from './series.js';

const WIDTH = 960;
const COLUMNS = 2;
const COLUMN = WIDTH / COLUMNS;
const LABELS = 190;
const FIGURES = 56;
const BAR = 21;
const HEAD = 48;
const PANEL_HEAD = 40;
const GAP = 12;

/** White in every theme: the colours are chosen for it. */
const BACKGROUND = '#ffffff';

/** A chart as SVG. */
export function draw({ title, panels }: Chart): string {
  const places = placesOf(panels);
  const height = Math.max(...places.map(({ top, height: inside }) => top + inside)) + GAP;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(optionOf(title, panels, places));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Where the bars of a panel go. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

function placesOf(panels: readonly Panel[]): Place[] {
  let top = HEAD;
  let bottom = HEAD;
  return panels.map(({ bars }, index) => {
    const column = index % COLUMNS;
    if (column === 0) top = bottom + PANEL_HEAD;
    const height = bars.length * BAR;
    bottom = Math.max(bottom, top + height + GAP);
    return { left: column * COLUMN, top, height };
  });
}

function optionOf(
  title: string,
  panels: readonly Panel[],
  places: readonly Place[],
): EChartsOption {
  return {
    animation: false,
    backgroundColor: BACKGROUND,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: [
      { text: title, left: 16, top: 12, textStyle: { fontSize: 17, color: TEXT } },
      ...panels.map((panel, index) => ({
        text: panel.logarithmic === true ? `${panel.title}, logarithmic` : panel.title,
        left: (places[index]?.left ?? 0) + 16,
        top: (places[index]?.top ?? 0) - PANEL_HEAD + 8,
        textStyle: { fontSize: 13, color: TEXT },
      })),
    ],
    grid: places.map(({ left, top, height }) => ({
      left: left + LABELS,
      top,
      width: COLUMN - LABELS - FIGURES,
      height,
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
    xAxis: panels.map((panel, index) => {
      return { type: 'value', gridIndex: index, min: 0, max: longest(panel), show: false };
    }),
    series: panels.flatMap(seriesOf),
  };
}
