import { describe, expect, test } from 'vitest';
import type { Weakness } from '../../../../shared/domain/diagnosis/probe.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { synthesizeCurriculum } from '../../../../shared/loop/curriculum/synthesize-curriculum.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { clusterSelectionSchema } from '../../../../shared/loop/state/curriculum.ts';
import type { ExampleRequest, WrittenExample } from '../../../../shared/ports/analyst.ts';
import { readJson, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import { type LongWork, noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');
const fails = (traceId: string, input: string, change: Partial<SplitRecord> = {}) =>
  sampleRecord(traceId, { input, verdict: 'fail', expected: spam, answer: ham, ...change });
const passes = (traceId: string, input: string, output = ham) =>
  sampleRecord(traceId, { input, expected: output, answer: output, recorded: output });

const records = [
  fails('f1', 'win money with this card today'),
  fails('f2', 'cheap pills for everybody'),
  fails('elsewhere', 'an offer of another sort'),
  fails('report', 'win money with that card today', { use: 'report' }),
  passes('near', 'send money with this card today'),
  passes('same', 'win money with a card', spam),
];
const cluster = sampleCluster({
  size: 3,
  cause: 'label-confusion',
  traceIds: ['f1', 'f2', 'report', 'near'],
});
const probe = (probeId: string, input: string, failed: boolean) => ({
  probeId,
  clusterId: 'c1',
  input,
  expected: spam,
  method: 'neighbour',
  traceId: 'elsewhere',
  answer: failed ? ham : spam,
  failed,
});

interface Given {
  readonly verdict?: Weakness['verdict'];
  readonly ends?: boolean;
}

/** What is chosen for the cluster, and what the analyst was asked. */
async function synthesize({ verdict = 'confirmed', ends = true }: Given = {}) {
  const plain = memoryPorts();
  const asked: ExampleRequest[] = [];
  const written: WrittenExample = {
    slice: 'gold',
    traceId: 'f1',
    input: 'earn money at home',
    output: spam,
    by: { runId: 'r1', agentId: 'writer', turn: 1 },
  };
  const examples: LongWork<ExampleRequest, readonly WrittenExample[]> = {
    async start(_key, request) {
      asked.push(request);
      return ends
        ? { status: 'done', value: [written], usage: noUsage }
        : { status: 'working', handle: 'job', done: 0, total: 1, waitSeconds: 5 };
    },
    advance: () => Promise.reject(new Error('nothing to go on with')),
  };
  const analysts = new Map([...plain.analysts].map(([name, analyst]) => [name, { ...analyst, examples }]));
  const ports = { ...plain, analysts };
  await putPlan(ports, { model: sampleModel({ analyst: [...analysts.keys()][0] ?? '' }) });
  await writeJsonl(ports.objects, 'records', records);
  await writeJsonl(ports.objects, 'parent-examples.jsonl', []);
  await writeJsonl(ports.objects, 'probes', [
    probe('q1', 'claim your prize', true),
    probe('q2', 'claim your seat', false),
  ]);
  await writeJson(ports.objects, 'taxonomy.json', { clusters: [cluster], unclustered: 1, confusions: [], causes: {} });
  await writeJson(ports.objects, 'weakness', {
    clusterId: 'c1',
    verdict,
    probes: 2,
    failed: 1,
    failureRate: 0.5,
    lower: 0.1,
    upper: 0.9,
    baseRate: 0.1,
    reason: '',
  });
  const output = await synthesizeCurriculum.run(
    {
      ...sampleHead,
      item: 'c1',
      prepared: samplePrepared,
      split: { recordsKey: 'records' },
      taxonomyKey: 'taxonomy.json',
      weakness: { clusterId: 'c1', weaknessKey: 'weakness', probesKey: 'probes', verdict },
      step: { number: 1, kind: 'first', move: 'first', historyKey: null },
      lineage: { preceding: { key: 'preceding', size: 0, right: 0 }, earlier: { key: 'earlier', size: 0, right: 0 } },
    },
    stageContext(ports),
  );
  const part =
    output instanceof Unfinished ? null : await readJson(ports.objects, 'selection.json', clusterSelectionSchema);
  return { output, part, asked };
}

const inputsOf = (examples: readonly { readonly input: string }[] | undefined) => examples?.map(({ input }) => input);

describe('the examples of a cluster', () => {
  test('are its failures that train, the probes it failed, what was written for it, and passes near them', async () => {
    const { output, part } = await synthesize();
    const gold = inputsOf(part?.gold);
    expect(gold).toEqual(
      expect.arrayContaining([
        'win money with this card today',
        'cheap pills for everybody',
        'claim your prize',
        'earn money at home',
      ]),
    );
    for (const never of ['an offer of another sort', 'win money with that card today', 'claim your seat'])
      expect(gold).not.toContain(never);
    expect(inputsOf(part?.hardNegatives)).toEqual(['send money with this card today']);
    expect(output).toEqual({
      clusterId: 'c1',
      key: 'selection.json',
      gold: part?.gold.length,
      hardNegatives: part?.hardNegatives.length,
    });
  });

  test('are written after its failures, beside the passes that were chosen and the probes that it failed', async () => {
    const { asked } = await synthesize();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.members.map(({ traceId }) => traceId)).toEqual(['f1', 'f2']);
    expect(asked[0]?.passes.map(({ traceId }) => traceId)).toEqual(['near']);
    expect(asked[0]?.failingProbes.map(({ probeId }) => probeId)).toEqual(['q1']);
  });

  test('are not written where probes refuted its weakness', async () => {
    const { asked, part } = await synthesize({ verdict: 'refuted' });
    expect(asked).toEqual([]);
    expect(inputsOf(part?.gold)).not.toContain('earn money at home');
  });

  test('are chosen later while the analyst still writes', async () => {
    const { output } = await synthesize({ ends: false });
    expect(output).toBeInstanceOf(Unfinished);
  });
});
