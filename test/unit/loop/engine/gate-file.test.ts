import { expect, test } from 'vitest';
import { gateCandidates } from '../../../../shared/loop/decision/gate-candidates.ts';
import {
  gateFileKey,
  gateFileName,
  judgingFileKey,
  judgingFileName,
} from '../../../../shared/loop/engine/gate-file.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import { judgeCandidates } from '../../../../shared/loop/training/judge-candidates.ts';
import { sampleHead } from '../../../helpers/record-samples.ts';

test('what the gate and the judge of candidates leave is found where these stages write', () => {
  const { run } = sampleHead;
  const head = { run, iteration: 3, item: 'all' };
  expect(gateFileKey(run, 3)).toBe(stageKey(gateCandidates.name, head, gateFileName));
  expect(judgingFileKey(run, 3)).toBe(stageKey(judgeCandidates.name, head, judgingFileName));
  expect(gateFileKey(run, 3)).toMatch(/\/gate\.json$/);
  expect(judgingFileKey(run, 3)).toMatch(/\/judging\.json$/);
});
