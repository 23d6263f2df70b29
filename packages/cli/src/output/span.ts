const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/** A time in ms as an option takes it: `45s`, `1500ms`. */
export function exact(time: number): string {
  return time % 1_000 === 0 ? `${time / 1_000}s` : `${time}ms`;
}

/** A time in ms as a person reads it: `0.4s`, `12s`, `3m 20s`, `2d 4h`. */
export function span(time: number): string {
  const whole = Math.max(0, time);
  if (whole < 9_950) return `${(whole / 1_000).toFixed(1)}s`;
  if (whole < 60_000) return `${Math.floor(whole / 1_000)}s`;
  for (const [index, [unit, length]] of UNITS.entries()) {
    if (whole < length) continue;
    const [smaller, part] = UNITS[index + 1] ?? ['s', 1_000];
    return `${Math.floor(whole / length)}${unit} ${Math.floor((whole % length) / part)}${smaller}`;
  }
  return '';
}
