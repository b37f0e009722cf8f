import { LRUCache } from 'lru-cache';
import type { GenerationSpec } from '../generation-spec.ts';
import type { Checker } from './checker.ts';
import { exact } from './exact.ts';
import { jsonFields } from './json-fields.ts';
import { jsonBySchema } from './json-schema.ts';
import { judged } from './judged.ts';
import { numeric } from './numeric.ts';
import { regexChecker } from './regex.ts';
import { rougeL } from './rouge-l.ts';

/** Those that a spec says more of take a moment to make. */
const made = new LRUCache<string, Checker>({ max: 20 });

/** What makes an answer of a task right. @throws RatchetError InvalidInput for a pattern or a schema that is none */
export function checkerOf({ checker, pattern, schema }: GenerationSpec): Checker {
  switch (checker) {
    case 'exact':
      return exact;
    case 'numeric':
      return numeric;
    case 'rouge-l':
      return rougeL;
    case 'judge':
      return judged;
    case 'json':
      return schema === undefined ? jsonFields : kept(`json ${JSON.stringify(schema)}`, () => jsonBySchema(schema));
    case 'regex':
      return kept(`regex ${pattern}`, () => regexChecker(pattern ?? ''));
  }
}

function kept(key: string, make: () => Checker): Checker {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}
