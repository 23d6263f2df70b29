import { styleText } from 'node:util';

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold' | 'cyan';

/**
 * Colours a text for stdout: only on a terminal, and as NO_COLOR, FORCE_COLOR and the like say.
 */
export function paint(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout });
}
