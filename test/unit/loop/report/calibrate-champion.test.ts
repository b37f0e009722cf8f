import { describe, expect, it } from 'vitest';
import type { EvaluationAnswer } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import { calibrateChampion } from '../../../../shared/loop/report/calibrate-champion.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleEvidence, sampleRecord } from '../../../helpers/record-samples.ts';

const ids = Array.from({ length: 25 }, (_, at) => `t${String(at).padStart(2, '0')}`);
const ham = labelOutput('ham');

/** The champion is right but for the first five, and half sure of all. */
const records = ids.map((id, at) => sampleRecord(id, { verdict: at < 5 ? 'fail' : 'pass', confidence: 0.5 }));

async function calibrate(
  promoted: ReadonlyMap<string, EvaluationAnswer> | null,
  own = records,
  evidence = ids.map((id) => sampleEvidence(id)),
) {
  const { objects } = memoryPorts();
  await writeJsonl(objects, 'evidence.jsonl', evidence);
  return calibrateChampion('c1', 'evidence.jsonl', own, promoted, classification, { objects });
}

describe('the confidences of the champion', () => {
  it('are held against what it answered, by label', async () => {
    const found = await calibrate(null);
    expect(found).toMatchObject({ checkpointId: 'c1', map: { n: 25 }, labels: [{ label: 'spam', n: 25 }] });
    expect(found.overall).toMatchObject({ n: 25, accuracy: 0.8, rawEce: expect.closeTo(0.3) });
  });

  it('are not counted where triage kept the record out, where it is not at hand, and for no answer', async () => {
    const evidence = ids.map((id, at) => sampleEvidence(id, { kept: at !== 0 }));
    expect((await calibrate(null, records, evidence)).map.n).toBe(24);
    expect((await calibrate(null, records.slice(1))).map.n).toBe(24);
    const [first, ...others] = records;
    if (first === undefined) throw new Error('no record');
    expect((await calibrate(null, [{ ...first, answer: null }, ...others])).map.n).toBe(24);
  });

  it('are those of the candidate after a promotion, where it answered', async () => {
    const answer = (exampleId: string, right: boolean): EvaluationAnswer => ({
      exampleId,
      output: ham,
      confidence: 0.8,
      right,
    });
    const promoted = new Map(ids.slice(0, 22).map((id, at) => [id, answer(id, at > 0)]));
    const found = await calibrate(promoted, []);
    expect(found).toMatchObject({ map: { n: 22 }, labels: [{ label: 'ham', n: 22 }], overall: { accuracy: 21 / 22 } });
    expect((await calibrate(new Map())).map.n).toBe(0);
  });
});
