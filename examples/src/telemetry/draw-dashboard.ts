import { type EChartsOption, init } from 'echarts';
import type { Panel } from './panels.js';

const WIDTH = 960;
const COLUMN = WIDTH / 2;
const PANEL = 210;
/** In seconds; below it stands nothing. */
const SHORTEST = 0.001;
const INK = '#24292f';
const COLORS = ['#2f7d5b', '#d98324', '#3f6fb5', '#b3404a', '#7a5ba6', '#6b7785'];

/** Panels in two columns, on one axis of time in seconds. */
export function drawDashboard(panels: readonly Panel[], times: readonly number[]): string {
  const height = Math.ceil(panels.length / 2) * PANEL;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption(optionOf(panels, times));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function optionOf(panels: readonly Panel[], times: readonly number[]): EChartsOption {
  const places = panels.map((_, index) => {
    return { left: (index % 2) * COLUMN, top: Math.floor(index / 2) * PANEL };
  });
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLORS,
    textStyle: { fontFamily: 'Helvetica, Arial, sans-serif' },
    title: panels.map(({ title }, index) => ({
      text: title,
      left: (places[index]?.left ?? 0) + 16,
      top: (places[index]?.top ?? 0) + 8,
      textStyle: { fontSize: 13, color: INK },
    })),
    legend: panels.map(({ lines }, index) => ({
      data: lines.map(({ name }) => seriesName(index, name)),
      formatter: (name) => name.slice(name.indexOf(' ') + 1),
      left: (places[index]?.left ?? 0) + 40,
      top: (places[index]?.top ?? 0) + PANEL - 30,
      itemGap: 22,
      itemWidth: 14,
      itemHeight: 8,
      textStyle: { fontSize: 11, color: INK },
    })),
    grid: places.map(({ left, top }) => ({
      left: left + 62,
      top: top + 36,
      width: COLUMN - 90,
      height: PANEL - 92,
    })),
    xAxis: panels.map((_, index) => ({
      type: 'value',
      gridIndex: index,
      min: 0,
      max: Math.round(times.at(-1) ?? 0),
      axisLabel: { formatter: '{value} s', fontSize: 10, color: INK },
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ unit, isLogarithmic = false }, index) => ({
      type: isLogarithmic ? ('log' as const) : ('value' as const),
      gridIndex: index,
      ...(isLogarithmic ? { min: SHORTEST } : {}),
      axisLabel: {
        formatter: (value: number) => `${value.toLocaleString('en')} ${unit}`.trimEnd(),
        fontSize: 10,
        color: INK,
      },
    })),
    series: panels.flatMap(({ lines }, index) =>
      lines.map(({ name, values }, line) => ({
        name: seriesName(index, name),
        type: 'line' as const,
        xAxisIndex: index,
        yAxisIndex: index,
        showSymbol: false,
        connectNulls: false,
        lineStyle: { width: 1.6 },
        color: COLORS[line % COLORS.length] as string,
        data: values.map((value, sample) => [times[sample] ?? 0, value ?? '-']),
      })),
    ),
  };
}

/** Each panel has series of its own, also under the same word. */
function seriesName(panel: number, name: string): string {
  return `${panel} ${name}`;
}
