import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { evidenceRecordSchema } from '../../shared/domain/evaluation/evidence-record.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { explainTrace } from '../../shared/loop/inspect/explain-trace.ts';
import { changeLabels, type LabelWish } from '../../shared/operations/change-labels.ts';
import { exportExamples } from '../../shared/operations/export/export-examples.ts';
import { modelStatus } from '../../shared/operations/model-status.ts';
import { readLabelMaterial, surveyLabels } from '../../shared/operations/survey-labels.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { labelOf, labelOutput } from '../../shared/tasks/classification/label.ts';
import { type LabelledLine, type Sample, samples } from '../helpers/made-up-traffic.ts';
import { recordsOfRun } from '../helpers/run-objects.ts';
import {
  bytesOf,
  championOf,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';
import { ratchetInProcess } from './cli/in-process.ts';

let workspace: Workspace & { dispose(): Promise<void> };

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createSupportModel(workspace, { enoughFailures: 5, enoughRecords: 20, maxIterations: 2 });
});
afterAll(() => workspace.dispose());

const fillers = ['kalon', 'miruna', 'tesano', 'vidape', 'rukami', 'nolote', 'sadavi', 'pekaru', 'lotemi', 'danovi'];
const ownWords = ['privacy', 'consent', 'gdpr', 'delete', 'personal', 'erase', 'records', 'unsubscribe'];

/** Texts of a topic that the first checkpoint has never heard of. */
function privacyTexts(count: number, name: string): Sample[] {
  const random = workspace.ports.random.stream(1, name);
  return Array.from({ length: count }, (_, index) => ({
    input: random
      .shuffle([
        ...random.shuffle([...ownWords]).slice(0, 4),
        ...random.shuffle([...fillers]).slice(0, 4),
        `${name}${index}`,
      ])
      .join(' '),
    output: 'privacy',
  }));
}

const traffic = (count: number, drift: number, name: string) =>
  samples(count, drift, workspace.ports.random.stream(1, name));

/** What `ratchet predict` says. */
async function predicted(inputs: readonly string[]): Promise<readonly (string | null)[]> {
  const text = inputs.map((input) => `${JSON.stringify({ input })}\n`).join('');
  const { stdout } = await ratchetInProcess(['predict', modelId, '--workspace', workspace.directory], text);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).output);
}

async function shareRight(texts: readonly Sample[]): Promise<number> {
  const answers = await predicted(texts.map(({ input }) => input));
  return answers.filter((answer, at) => answer === texts[at]?.output).length / texts.length;
}

/** Traffic as the champion answers it by now, judged by a person against the truth. */
async function judged(texts: readonly Sample[], prefix: string): Promise<LabelledLine[]> {
  const answers = await predicted(texts.map(({ input }) => input));
  return texts.map(({ input, output: expected }, index) => ({
    traceId: `${prefix}-${String(index).padStart(4, '0')}`,
    timestamp: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    modelId,
    input,
    output: answers[index] ?? null,
    verdict: answers[index] === expected ? 'pass' : 'fail',
    expected,
    judge: { kind: 'human', id: 'ana', reason: '' },
  }));
}

/** Puts on record what the intake keeps of judgements whose label the model does not have: as they are. */
async function hold(lines: readonly LabelledLine[], batchId: string): Promise<void> {
  const judgedAt = new Date(workspace.ports.clock.now()).toISOString();
  await workspace.ports.traceLog.append(modelId, batchId, {
    traces: lines.map(({ expected: _expected, verdict: _verdict, judge: _judge, output, ...line }) => ({
      ...line,
      output: output === null ? null : labelOutput(output),
    })),
    judgements: lines.map(({ traceId, expected = '', judge }) => ({
      judgementId: `j-${traceId}`,
      traceId,
      verdict: 'fail' as const,
      expected: labelOutput(expected),
      judge: judge ?? { kind: 'human', id: 'ana', reason: '' },
      judgedAt,
    })),
  });
}

const change = (wish: LabelWish, dryRun = false) => changeLabels({ modelId, wish, by: 'ana', dryRun }, workspace.ports);
const run = () => runLoop(workspace, { modelId, seed: 1 }, recordingUi());

async function survey() {
  const model = await workspace.ports.lineage.getModel(modelId);
  if (model === undefined) throw new Error('no model');
  return surveyLabels(model, await readLabelMaterial(model, workspace.ports), workspace.ports);
}

async function precedingOf(runId: string) {
  const key = `runs/${modelId}/${runId}/0/inspect-lineage/all/preceding.jsonl`;
  return readJsonl(workspace.ports.objects, key, evidenceRecordSchema);
}

describe('labels that change, one after the other', () => {
  it('learn a new label from the judgements that were held for it, and lose nothing else', async () => {
    const known = traffic(240, 0, 'day1');
    await ingest(workspace, await judged(known, 'day1'));
    await hold(await judged(privacyTexts(80, 'held'), 'held'), 'held');
    expect((await survey()).held).toEqual([{ label: 'privacy', judged: 80, nearest: null }]);

    const tried = await change({ how: 'add', labels: ['privacy'] }, true);
    expect(tried.after.labels).toContainEqual({ label: 'privacy', examples: 0, judged: 80 });
    expect((await survey()).held).toHaveLength(1);

    await change({ how: 'add', labels: ['privacy'] });
    expect((await survey()).held).toEqual([]);
    const before = await championOf(workspace);
    const elsewhere = await shareRight(traffic(150, 0, 'fresh1'));
    const result = await run();
    expect(result.decision).toBe('promoted');
    const after = await championOf(workspace);
    expect(before.task).toMatchObject({ labels: ['account', 'delivery', 'refund'] });
    expect(after.task).toMatchObject({ labels: ['account', 'delivery', 'privacy', 'refund'] });
    expect(after.configuration).toMatchObject({ interpolation: 0, distillation: 0 });
    expect(await shareRight(privacyTexts(60, 'fresh'))).toBeGreaterThan(0.9);
    expect(await shareRight(traffic(150, 0, 'fresh1'))).toBeGreaterThanOrEqual(elsewhere);
  });

  it('say the new name at once after a rename, and keep all that is known under it', async () => {
    const champion = await championOf(workspace);
    const fresh = traffic(90, 0, 'fresh2');
    const before = await predicted(fresh.map(({ input }) => input));
    const counts = (await survey()).labels.find(({ label }) => label === 'delivery');
    await change({ how: 'rename', from: 'delivery', to: 'shipping' });
    expect((await championOf(workspace)).checkpointId).toBe(champion.checkpointId);
    expect(await predicted(fresh.map(({ input }) => input))).toEqual(
      before.map((label) => (label === 'delivery' ? 'shipping' : label)),
    );
    const after = await survey();
    expect(after.labels.find(({ label }) => label === 'shipping')).toEqual({ ...counts, label: 'shipping' });
    expect(after.held).toEqual([]);
    expect(before).toContain('delivery');
  });

  it('say the new name also where a trace is explained and where examples are exported', async () => {
    const { ports } = workspace;
    const all = await ports.traceLog.read(modelId, { limit: 1_000 });
    const ofDelivery = all.find(
      ({ trace, judgements: [judgement] }) =>
        judgement?.expected !== undefined &&
        labelOf(judgement.expected) === 'delivery' &&
        trace.output !== null &&
        labelOf(trace.output) === 'delivery',
    );
    const found = await explainTrace(modelId, { traceId: ofDelivery?.trace.traceId ?? '' }, ports);
    const shipping = labelOutput('shipping');
    expect(found.logged?.trace.output).toEqual(shipping);
    expect(found.logged?.judgements).toMatchObject([{ expected: shipping, verdict: 'pass', leftOpen: false }]);
    expect(found.answer?.output).toEqual(shipping);
    expect(found.checkpoints.map(({ right }) => right)).toContain(true);
    expect(found.lastRun?.record.expected).toEqual(shipping);
    expect(found.training.length).toBeGreaterThan(0);
    for (const { output } of found.training) expect(output).toEqual(shipping);
    expect(found.neighbours.map(({ output }) => output)).toContainEqual(shipping);
    expect(JSON.stringify(found.neighbours.map(({ output }) => output))).not.toContain('delivery');
    for (const from of ['dataset', 'traces'] as const) {
      const { pieces } = await exportExamples({ modelId, checkpointId: null, from, format: 'jsonl' }, ports);
      expect(pieces.join('')).toContain('"output":"shipping"');
      expect(pieces.join('')).not.toContain('"output":"delivery"');
    }
  });

  it('hold the next run to the records of before under their new name, and promote a champion that has it', async () => {
    const renamed = (texts: readonly Sample[]) =>
      texts.map((text) => (text.output === 'delivery' ? { ...text, output: 'shipping' } : text));
    await ingest(workspace, await judged(renamed(traffic(240, 0.9, 'day2')), 'day2'));
    const champion = await championOf(workspace);
    const result = await run();
    const records = [...(await recordsOfRun(result.run, workspace)).values()];
    const names = records.flatMap(({ recorded, expected, answer, runnerUp }) => [
      ...[recorded, expected, answer, runnerUp?.output ?? null].map((output) => output && labelOf(output)),
    ]);
    expect(names).not.toContain('delivery');
    const passedBefore = records.filter(({ traceId, verdict }) => traceId.startsWith('day1') && verdict === 'pass');
    expect(
      passedBefore.filter(({ expected }) => expected !== null && labelOf(expected) === 'shipping').length,
    ).toBeGreaterThan(50);
    const preceding = await precedingOf(result.run);
    const ofShipping = preceding.filter(({ expected }) => labelOf(expected) === 'shipping');
    expect(ofShipping.filter(({ right }) => right).length).toBeGreaterThan(50);
    expect(preceding.every(({ expected }) => labelOf(expected) !== 'delivery')).toBe(true);
    expect(result.decision).toBe('promoted');
    const promoted = await championOf(workspace);
    expect(promoted.parentId).toBe(champion.checkpointId);
    expect(promoted.task).toMatchObject({ labels: ['account', 'privacy', 'refund', 'shipping'] });
    expect(await shareRight(renamed(traffic(150, 0.9, 'fresh3')))).toBeGreaterThan(0.85);
  });

  it('take in traces under the old name, which production goes on sending, as those of the new one', async () => {
    const before = await survey();
    const late = traffic(3, 0, 'late').map(({ input }, index): LabelledLine => {
      const output = 'delivery';
      const judge = { kind: 'human', id: 'ana', reason: '' } as const;
      return {
        traceId: `late-${index}`,
        timestamp: '2026-02-01T00:00:00Z',
        modelId,
        input,
        output,
        verdict: 'pass',
        judge,
      };
    });
    // As people write them: a name that was given up is known by any form of it.
    const written = late.map((line, at) => ({ ...line, output: ['delivery', 'Delivery', ' DELIVERY'][at] ?? '' }));
    const told = await ingestTraces(
      { modelId, sources: [{ name: 'late.jsonl', open: async () => bytesOf(written) }] },
      workspace.ports,
    );
    expect(told).toMatchObject({ held: 0, quarantined: 0, unknownOutputs: [] });
    expect(told.notes.map(({ text }) => text)).toContain('"Delivery" read as "shipping"');
    const shipping = (counts: typeof before) => counts.labels.find(({ label }) => label === 'shipping')?.judged ?? 0;
    expect(shipping(await survey())).toBe(shipping(before) + 3);
  });

  it('add up what was merged, in answers, records and the status', async () => {
    const merged = (texts: readonly Sample[]) =>
      texts.map(({ input, output }) => ({
        input,
        output: output === 'delivery' ? 'shipping' : output === 'refund' || output === 'account' ? 'customer' : output,
      }));
    const counts = new Map((await survey()).labels.map((one) => [one.label, one]));
    await change({ how: 'merge', labels: ['refund', 'account'], into: 'customer' });
    const [refund, account] = [counts.get('refund'), counts.get('account')];
    expect((await survey()).labels).toContainEqual({
      label: 'customer',
      examples: (refund?.examples ?? 0) + (account?.examples ?? 0),
      judged: (refund?.judged ?? 0) + (account?.judged ?? 0),
    });
    expect(await shareRight(merged(traffic(120, 0.5, 'fresh4')))).toBeGreaterThan(0.85);
    await ingest(workspace, await judged(merged(traffic(120, 0.9, 'day3')), 'day3'));
    const { since } = await modelStatus(modelId, workspace.ports);
    expect(since?.champion.of).toBeGreaterThan(50);
    expect((since?.champion.right ?? 0) / (since?.champion.of ?? 1)).toBeGreaterThan(0.85);
    const result = await run();
    const records = [...(await recordsOfRun(result.run, workspace)).values()];
    for (const { expected } of records)
      expect(['customer', 'privacy', 'shipping']).toContain(expected && labelOf(expected));
    const dataset = (await workspace.ports.lineage.listDatasets(modelId)).find(({ runId }) => runId === result.run);
    if (dataset !== undefined) {
      const examples = await readJsonl(workspace.ports.objects, dataset.key, exampleSchema);
      for (const { output } of examples) expect(['customer', 'privacy', 'shipping']).toContain(labelOf(output));
    }
  });

  it('leave open what was judged of a label that was split, until it is judged anew', async () => {
    const before = await survey();
    const old = before.labels.find(({ label }) => label === 'privacy');
    const { after } = await change({ how: 'split', from: 'privacy', into: ['consent', 'erasure'] });
    expect(after.leftOpen).toEqual({ examples: old?.examples, judged: old?.judged });
    expect(after.labels.map(({ label }) => label)).toEqual(['consent', 'customer', 'erasure', 'shipping']);
    const [read] = await workspace.ports.traceLog.read(modelId, { limit: 1, traceIds: ['held-0000'] });
    const found = await explainTrace(modelId, { traceId: 'held-0000' }, workspace.ports);
    expect(found.logged?.judgements).toMatchObject([{ expected: read?.judgements[0]?.expected, leftOpen: true }]);
    expect(found.checkpoints.map(({ right }) => right)).not.toContain(true);
    // Nobody can say the new names yet: the old one is the best there is.
    expect(await predicted([privacyTexts(1, 'fresh')[0]?.input ?? ''])).toEqual(['privacy']);

    const champion = await championOf(workspace);
    const untold = await run();
    expect(untold).toMatchObject({
      decision: 'kept',
      champion: champion.checkpointId,
      headline: `consent, erasure have no judged example since the split: judge some (ratchet report ${modelId} --review)`,
    });
    const review = await ratchetInProcess(['report', modelId, '--review', '--workspace', workspace.directory]);
    const asked = (await readFile(review.stdout.trim(), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ofSplit = asked.filter(({ metadata }) => metadata.review.why === 'left-open');
    expect(ofSplit.length).toBeGreaterThanOrEqual(old?.judged ?? 0);
    expect(untold.review).toBe(asked.length);
    for (const { expected, metadata } of ofSplit) {
      expect(expected).toBeNull();
      expect(metadata.review.reason).toContain('its label was split; say which part it is');
    }
    expect((await championOf(workspace)).checkpointId).toBe(champion.checkpointId);

    const parts = privacyTexts(160, 'anew').map(({ input }) => ({
      input: input.replaceAll(/\b(?:delete|erase|records|unsubscribe|privacy|consent|gdpr|personal)\b/g, ''),
      output: '',
    }));
    const texts = parts.map(({ input }, at) =>
      at % 2 === 0
        ? { input: `${input} consent gdpr personal agreed`, output: 'consent' }
        : { input: `${input} erase delete unsubscribe forget`, output: 'erasure' },
    );
    await ingest(
      workspace,
      (await judged(texts.slice(0, 120), 'anew')).map((line) => ({ ...line, output: null })),
    );
    const result = await run();
    const records = [...(await recordsOfRun(result.run, workspace)).values()];
    const open = records.filter(({ unsettled }) => unsettled?.why === 'left-open');
    expect(open).toHaveLength(old?.judged ?? 0);
    for (const { judgement, verdict, unsettled } of open) {
      expect([judgement, verdict]).toEqual([null, 'unknown']);
      expect(unsettled?.reason).toMatch(/^judged to be "privacy" before the labels were changed/);
    }
    expect(result.decision).toBe('promoted');
    expect((await championOf(workspace)).task).toMatchObject({
      labels: ['consent', 'customer', 'erasure', 'shipping'],
    });
    expect(await shareRight(texts.slice(120))).toBeGreaterThan(0.9);
    const openExamples = await readJsonl(
      workspace.ports.objects,
      `runs/${modelId}/${result.run}/0/prepare-run/all/left-open-examples.jsonl`,
      exampleSchema,
    );
    expect(openExamples).toHaveLength(old?.examples ?? 0);
  });

  it('stand in the record of the model, with who changed them', async () => {
    const model = await workspace.ports.lineage.getModel(modelId);
    expect(model?.revision).toBe(4);
    expect(model?.changes.map((one) => (one.what === 'labels' ? [one.by, one.change.how] : []))).toEqual([
      ['ana', 'add'],
      ['ana', 'rename'],
      ['ana', 'merge'],
      ['ana', 'split'],
    ]);
  });
});
