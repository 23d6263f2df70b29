import type { DrawnSpan } from './recording.js';

const WIDTH = 960;
const LABELS = 260;
const ROW = 22;
const HEAD = 34;
const INK = '#24292f';
const FAINT = '#8c959f';
/** What is not about locks; waiting; holding. */
const COLORS = { other: '#9aa7b5', acquire: '#d98324', hold: '#2f7d5b' };

/** Traces below each other on one axis of time: a row for each span. */
export function drawTraces(spans: readonly DrawnSpan[]): string {
  const last = Math.max(...spans.map(({ end }) => end));
  const x = (time: number): number => LABELS + (time / last) * (WIDTH - LABELS - 110);
  const parts: string[] = [];
  const middles = new Map<number, number>();
  let top = 12;
  for (const [trace, title] of ['Trace of the holder', 'Trace of who waited'].entries()) {
    const rows = spans.filter((span) => span.trace === trace);
    parts.push(text(16, top + 16, title, true));
    top += HEAD;
    for (const span of rows) {
      const middle = top + ROW / 2;
      if (span.fencingToken !== undefined) middles.set(span.fencingToken, middle);
      parts.push(rowOf(span, middle, x));
      const holder = span.waitedFor === undefined ? undefined : middles.get(span.waitedFor);
      if (holder !== undefined) parts.push(arrow(x(span.start), middle, holder));
      top += ROW;
    }
    top += 10;
  }
  const height = top;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function rowOf(span: DrawnSpan, middle: number, x: (time: number) => number): string {
  const [verb = ''] = span.name.split(' ');
  const color = verb === 'acquire' || verb === 'hold' ? COLORS[verb] : COLORS.other;
  const width = Math.max(x(span.end) - x(span.start), 2);
  const time = `${(span.end - span.start).toFixed(1)} ms`;
  const said = span.outcome === undefined ? time : `${time}, ${span.outcome}`;
  return [
    text(16 + span.depth * 16, middle + 4, span.name, false),
    `<rect x="${x(span.start).toFixed(1)}" y="${middle - 7}" width="${width.toFixed(1)}" height="14" rx="2" fill="${color}"/>`,
    `<text x="${(x(span.start) + width + 5).toFixed(1)}" y="${middle + 4}" font-size="11" fill="${FAINT}">${said}</text>`,
  ].join('\n');
}

/** From who waited to the hold that had the fencing token. */
function arrow(at: number, from: number, to: number): string {
  const path = `M ${at.toFixed(1)} ${from - 8} V ${to + 12}`;
  return [
    `<path d="${path}" stroke="${COLORS.acquire}" stroke-dasharray="3 3" fill="none"/>`,
    `<path d="M ${(at - 4).toFixed(1)} ${to + 15} l 4 -6 l 4 6 z" fill="${COLORS.acquire}"/>`,
  ].join('\n');
}

function text(left: number, base: number, content: string, isHead: boolean): string {
  const weight = isHead ? ' font-weight="bold"' : '';
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${left}" y="${base}" font-size="${isHead ? 14 : 12}"${weight} fill="${INK}">${escaped}</text>`;
}
