import type { RunRef } from '../../domain/models/run-ref.ts';
import { stageKey } from './stage.ts';

/** Name of the file in which judge-candidates leaves how far it came. */
export const judgingFileName = 'judging.json';

/** Object key of how far the judge of an iteration's candidates came. */
export function judgingFileKey(run: RunRef, iteration: number): string {
  return stageKey('judge-candidates', { run, iteration, item: 'all' }, judgingFileName);
}

/** Name of the file in which gate-candidates leaves its verdicts. */
export const gateFileName = 'gate.json';

/** Object key of the verdicts of an iteration; on AWS gate-candidates alone may write there. */
export function gateFileKey(run: RunRef, iteration: number): string {
  return stageKey('gate-candidates', { run, iteration, item: 'all' }, gateFileName);
}
