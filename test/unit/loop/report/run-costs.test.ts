import { describe, expect, it } from 'vitest';
import { trainingCostKey } from '../../../../shared/domain/models/cost.ts';
import { runCosts } from '../../../../shared/loop/report/run-costs.ts';
import { writeJson } from '../../../../shared/ports/documents.ts';
import { sampleCheckpoint } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';

/** A checkpoint of a run, with what its training took and the run that it was for. */
async function trained(ports: MemoryPorts, checkpointId: string, runId: string, usd: number, paidBy = runId) {
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId, runId }));
  const cost = { version: 1, trainer: 'embedded', runId: paidBy, work: 1, seconds: 60, usd };
  await writeJson(ports.objects, trainingCostKey('m1', checkpointId), cost);
}

const answered = ({ objects }: MemoryPorts, key: string, usd: number) =>
  writeJson(objects, key, { version: 1, inputs: 3, inputTokens: 100, outputTokens: 10, usd });

describe('what a run cost', () => {
  it('is nothing where nothing was trained and nobody asked who is paid', async () => {
    expect(await runCosts(samplePlan(), memoryPorts())).toEqual({ trainings: [], answers: null, usd: 0 });
  });

  it('is its own trainings that it paid for, and all answers of its stages', async () => {
    const ports = memoryPorts();
    await trained(ports, 'c2', 'r1', 1.5);
    await trained(ports, 'c3', 'r1', 0.25);
    await trained(ports, 'other', 'r2', 40);
    await trained(ports, 'again', 'r1', 80, 'r0');
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'unknown', runId: 'r1' }));
    await answered(ports, 'runs/m1/r1/0/answer-traces/all/part-1.cost.json', 2);
    await answered(ports, 'runs/m1/r1/1/evaluate/c2/part-1.cost.json', 4);
    await answered(ports, 'runs/m1/r2/0/answer-traces/all/part-1.cost.json', 100);
    await ports.objects.put('runs/m1/r1/0/answer-traces/all/answers.jsonl', new Uint8Array());
    const { trainings, answers, usd } = await runCosts(samplePlan(), ports);
    expect(trainings.toSorted((a, b) => a.usd - b.usd)).toEqual([
      { checkpoint: 'c3', seconds: 60, usd: 0.25 },
      { checkpoint: 'c2', seconds: 60, usd: 1.5 },
    ]);
    expect(answers).toEqual({ inputs: 6, inputTokens: 200, outputTokens: 20, usd: 6 });
    expect(usd).toBe(7.75);
  });

  it('names as many trainings as a result holds', async () => {
    const ports = memoryPorts();
    for (let at = 0; at < 26; at += 1) await trained(ports, `c${at}`, 'r1', 1);
    expect((await runCosts(samplePlan(), ports)).trainings).toHaveLength(24);
  });
});
