import { stripVTControlCharacters } from 'node:util';

/** What a terminal makes of the numbers of its commands, as far as they are used. */
const STYLES: Readonly<Record<string, string>> = {
  1: 'font-weight="bold"',
  2: 'fill="#8b949e"',
  31: 'fill="#ff7b72"',
  32: 'fill="#56d364"',
  33: 'fill="#e3b341"',
};

/** Before each number. */
const ESCAPE = '\u001B[';

/** In pixels. */
const WIDTH = 8.4;
const HEIGHT = 19;
const MARGIN = 16;

/** The picture of a text with the colours of a terminal. */
export function svgOf(text: string): string {
  const lines = text.split('\n');
  const longest = Math.max(...lines.map((line) => stripVTControlCharacters(line).length));
  const [width, height] = [longest * WIDTH + 2 * MARGIN, lines.length * HEIGHT + 2 * MARGIN];
  const rows = lines.map((line, row) => {
    const y = MARGIN + row * HEIGHT + 14;
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${spansOf(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" role="img">
<title>holdfast watch</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
${rows.join('\n')}
</g>
</svg>
`;
}

/** Each stretch has a place of its own: whatever the font, columns stand below each other. */
function spansOf(line: string): string {
  let column = 0;
  let spans = '';
  for (const part of `0m${line}`.split(ESCAPE)) {
    const [, number = '', text = ''] = /^(\d+)m(.*)$/.exec(part) ?? [];
    const style = STYLES[number] ?? '';
    for (const { 0: words, index: at } of text.matchAll(/\S+(?: \S+)*/g)) {
      const x = (MARGIN + (column + at) * WIDTH).toFixed(1);
      spans += `<tspan x="${x}" ${style}>${escaped(words)}</tspan>`;
    }
    column += text.length;
  }
  return spans;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
