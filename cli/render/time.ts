/** `Sat, 21 Nov 2026 01:40:00 +0000`, the form of kubectl, of milliseconds since 1970. */
export function rfc1123(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace('GMT', '+0000');
}

/** `12s`, `5m`, `3h`, `2d`; a negative age (clocks that differ) is `0s`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
