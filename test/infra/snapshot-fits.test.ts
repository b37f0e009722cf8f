import { describe, expect, test } from 'vitest';
import { readRoom } from '../../functions/_middleware/environment.ts';
import { leastRoom, stageFunctions } from '../../infra/function-specs.ts';
import { effortOf } from '../../shared/composition/efforts.ts';
import { defaultSettings } from '../../shared/domain/models/settings.ts';
import { type Effort, howManyFit } from '../../shared/domain/policy/capacity.ts';
import { classificationTask } from '../../shared/tasks/classification/classification-spec.ts';

const labels = (count: number) => Array.from({ length: count }, (_, at) => `label ${at}`);
const embedded = (foundation: string, count = 30): Effort => {
  const task = classificationTask(labels(count));
  const effort = effortOf({ trainer: 'embedded', trainerOptions: { foundation }, task });
  if (effort === null) throw new Error('nothing is known of it');
  return effort;
};
const tagger = effortOf({ trainer: 'tagger', trainerOptions: {}, task: { kind: 'extraction' } }) as Effort;

/** Characters of a text as they were measured: short ones, and long ones of which each was joined of thirty. */
const [short, long] = [44, 1_300];
const roomWith = (memoryLimitMb: number) => {
  const { memoryMb, timeoutSeconds } = leastRoom(memoryLimitMb);
  return readRoom({ RATCHET_STAGE_MEMORY_MB: String(memoryMb), RATCHET_STAGE_SECONDS: String(timeoutSeconds) });
};
const most = (effort: Effort, characters: number, memoryLimitMb = 3_008) =>
  howManyFit(
    Array.from({ length: defaultSettings.snapshotLimit }, () => characters),
    effort,
    roomWith(memoryLimitMb),
  );
const takes = ({ always, thousandTraces, millionCharacters }: Effort['seconds'], traces: number, characters: number) =>
  always + (thousandTraces * traces) / 1_000 + (millionCharacters * traces * characters) / 1e6;

describe('the default limit of a snapshot, on AWS', () => {
  test.each([
    ['encoder', embedded('use-lite'), 1_000, short, 8.4, 0],
    ['encoder', embedded('use-lite'), 3_000, short, 17.4, 1_024],
    ['encoder', embedded('use-lite'), 10_000, short, 45.2, 1_292],
    ['encoder, long texts', embedded('use-lite'), 1_000, long, 56.7, 995],
    ['encoder, 150 labels', embedded('use-lite', 150), 3_000, short, 52.4, 1_604],
    ['n-grams', embedded('none'), 10_000, short, 12.2, 989],
  ])('goes by no less than what was measured: %s, case %#', (_, effort, traces, characters, seconds, mebibytes) => {
    expect(takes(effort.seconds, traces, characters)).toBeGreaterThanOrEqual(seconds);
    expect(takes(effort.mebibytes, traces, characters)).toBeGreaterThanOrEqual(mebibytes);
  });

  test.each([
    ['encoder, short texts', embedded('use-lite'), short],
    ['encoder, long texts', embedded('use-lite'), long],
    ['encoder, 150 labels', embedded('use-lite', 150), short],
    ['n-grams, short texts', embedded('none'), short],
    ['n-grams, long texts', embedded('none'), long],
    ['tagger', tagger, short],
  ])('fits every function that goes through it in one call: %s', (_, effort, characters) => {
    for (const limit of [2_048, 3_008, 10_240]) {
      const traces = most(effort, characters, limit);
      expect(traces).toBeGreaterThan(900);
      for (const name of ['triage-traces', 'train-candidates']) {
        const spec = stageFunctions.find((one) => one.name === name);
        if (spec === undefined) throw new Error(`no function ${name}`);
        const memory = Math.min(limit, spec.memoryMb);
        const seconds = takes(effort.seconds, traces, characters) / (memory / 1_769);
        expect(seconds).toBeLessThan(spec.timeoutSeconds * 0.6);
        expect(takes(effort.mebibytes, traces, characters)).toBeLessThan(memory * 0.6);
      }
    }
  });

  test('is the setting where nothing is known of a trainer, as it trains elsewhere', () => {
    expect(effortOf({ trainer: 'another', trainerOptions: {}, task: { kind: 'classification' } })).toBeNull();
  });

  test('comes to the figures that docs/scale.md tells', () => {
    const told = [
      most(embedded('use-lite'), short),
      most(embedded('use-lite'), long),
      most(embedded('use-lite', 150), short),
      most(embedded('none'), short),
      most(embedded('none'), long),
      most(tagger, short),
    ].map((traces) => Math.floor(traces / 100) * 100);
    expect(told).toEqual([22_300, 8_700, 3_900, 31_900, 11_600, 12_800]);
  });
});
