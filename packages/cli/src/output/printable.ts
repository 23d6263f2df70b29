/**
 * What a terminal, or a reader, could take for something else: control characters, among them those that
 * begin a command of the terminal, characters that turn the direction of text, and ends of lines.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text that others chose, such as the name of a lock, in one line and as it is. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.codePointAt(0)?.toString(16) ?? '';
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
}
