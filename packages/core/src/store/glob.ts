/** What a name may look like, one part for each character. */
type Part = string | typeof ANY | typeof ONE;

const ANY = Symbol('any characters');
const ONE = Symbol('one character');

/**
 * Which names are meant: `*` stands for any characters, `?` for one, `\` before a character for that
 * character. Anything else stands for itself.
 *
 * Takes the product of both lengths at the worst: a name is another program's, and may be made to fit almost.
 */
export function globOf(match: string): (name: string) => boolean {
  const parts = partsOf(match);
  return (name) => matches(Array.from(name), parts);
}

/** The same in the language of Redis, whose `?` is a byte: all that is meant, and perhaps more. */
export function redisPatternOf(match: string): string {
  return partsOf(match)
    .map((part) => (part === ANY ? '*' : part === ONE ? '?*' : escaped(part)))
    .join('');
}

/** Text that stands for itself in a pattern of Redis. */
export function escaped(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&');
}

function matches(name: readonly string[], parts: readonly Part[]): boolean {
  let at = 0;
  let part = 0;
  // The last `*`, and up to where it reaches: if what follows does not fit, it takes one more.
  let star = -1;
  let reach = 0;
  while (at < name.length) {
    if (parts[part] === ANY) {
      star = part;
      reach = at;
      part += 1;
    } else if (parts[part] === ONE || parts[part] === name[at]) {
      at += 1;
      part += 1;
    } else if (star !== -1) {
      part = star + 1;
      reach += 1;
      at = reach;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === ANY);
}

function partsOf(match: string): Part[] {
  return (match.match(/\\.|./gsu) ?? []).map((part) => {
    if (part === '*') return ANY;
    if (part === '?') return ONE;
    return part.length > 1 && part.startsWith('\\') ? part.slice(1) : part;
  });
}
