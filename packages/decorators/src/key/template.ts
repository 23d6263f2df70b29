import { separates } from './part.js';
import { parsePath, type Path, textOfPath } from './path.js';

/** A parsed key: a text before each part, and one after the last. */
export interface Template {
  readonly texts: readonly string[];
  readonly paths: readonly Path[];
}

/** A doubled brace, a placeholder, or a brace that is neither. */
const TOKEN = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/**
 * Reads `invoice:{0.id}`. A doubled brace stands for a brace.
 *
 * @throws {TypeError} if it is malformed, or if two parts stand side by side.
 */
export function parseTemplate(source: string): Template {
  const texts: string[] = [];
  const paths: Path[] = [];
  let text = '';
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [token, inner] = match;
    text += source.slice(end, match.index);
    end = match.index + token.length;
    if (inner !== undefined) {
      const path = parsePath(inner);
      if (path === undefined) {
        throw new TypeError(
          `'${token}' is no placeholder; there are {0}, {0.id} and {this.region}, ` +
            'and {{ stands for a brace',
        );
      }
      texts.push(text);
      paths.push(path);
      text = '';
    } else if (token.length === 2) {
      text += token[0];
    } else {
      throw new TypeError(`a '${token}' stands alone; ${token}${token} stands for a brace`);
    }
  }
  texts.push(text + source.slice(end));
  const template = { texts, paths };
  assertSeparated(template);
  return template;
}

/** Without a separator, `1` beside `23` and `12` beside `3` would be one lock name. */
function assertSeparated({ texts, paths }: Template): void {
  for (const [index, path] of paths.entries()) {
    const before = paths[index - 1];
    if (before === undefined || separates(texts[index] ?? '')) continue;
    throw new TypeError(
      `${textOfPath(before)} and ${textOfPath(path)} need a separator between them, such as ':'`,
    );
  }
}
