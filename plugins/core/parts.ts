import type { Look } from './check.ts';
import { messageOf } from './errors.ts';
import { unknownOf } from './verdict.ts';

/** Part of a look, about one subject: what it throws makes its subject unknown, and no other. */
export function lookAtPart(subject: string, look: () => Look): Look {
  try {
    return look();
  } catch (cause) {
    return { verdicts: [unknownOf(subject, messageOf(cause), cause)] };
  }
}

/** A look of several parts, by subject, each as of `lookAtPart`. Only verdicts and readings are taken from them. */
export function lookAtEach(parts: Readonly<Record<string, () => Look>>): Look {
  const looks = Object.entries(parts).map(([subject, look]) => lookAtPart(subject, look));
  return { verdicts: looks.flatMap(({ verdicts }) => verdicts), readings: looks.flatMap(({ readings = [] }) => readings) };
}
