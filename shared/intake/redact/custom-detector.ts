import { customPatternParts } from '../../domain/redaction/custom-pattern.ts';
import type { Detector } from '../../ports/detector.ts';

/** A detector by a pattern of the setting `redactPatterns`, which has been checked. */
export function customDetector(written: string): Detector {
  const { name, expression } = customPatternParts(written);
  const pattern = new RegExp(expression, 'gu');
  return {
    name,
    find: (text) =>
      [...text.matchAll(pattern)].map(({ index, 0: found }) => ({
        start: index,
        end: index + found.length,
        kind: name,
        value: found,
      })),
  };
}
