import { afterEach, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import type { JudgeIdentity } from '../../shared/domain/traces/judgement.ts';
import { lastFindings } from '../../shared/loop/inspect/last-findings.ts';
import { suspectsOf } from '../../shared/loop/inspect/suspects.ts';
import { changeSettings } from '../../shared/operations/change-settings.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { type Sample, samples } from '../helpers/made-up-traffic.ts';
import { labelOrNull } from '../helpers/outputs.ts';
import { evidenceOfRun } from '../helpers/run-objects.ts';
import {
  championOf,
  createSupportModel,
  ingest,
  makeWorkspace,
  modelId,
  recordingUi,
} from '../helpers/test-workspace.ts';

const llm = { kind: 'llm', id: 'judge-1' } as const;
const ana = { kind: 'human', id: 'ana' } as const;
type Judge = Pick<JudgeIdentity, 'kind' | 'id'>;

/** A text with what a judge says of it. */
interface Said extends Sample {
  readonly said: string;
  readonly judge: Judge;
}

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

async function supportWorkspace(): Promise<Workspace> {
  const workspace = await makeWorkspace();
  disposables.push(workspace);
  await createSupportModel(workspace, { maxIterations: 1 });
  return workspace;
}

/** Traffic of which a fifth has words that the champion does not know. */
function traffic({ ports }: Workspace): Sample[] {
  return samples(600, 0.2, ports.random.stream(1, 'traffic'));
}

/** What people want to know afterwards: the share of fresh texts of a label that get it, or another. */
async function answered(workspace: Workspace, texts: readonly string[], label: string): Promise<number> {
  const answers = await answerWith(await championOf(workspace), texts, workspace.ports);
  return answers.filter(({ output }) => labelOrNull(output) === label).length / texts.length;
}

function fresh({ ports }: Workspace, label: string): string[] {
  return samples(240, 0, ports.random.stream(1, 'fresh')).flatMap(({ input, output }) =>
    output === label ? [input] : [],
  );
}

async function runOn(workspace: Workspace, said: readonly Said[], drop = 'd1') {
  const answers = await answerWith(
    await championOf(workspace),
    said.map(({ input }) => input),
    workspace.ports,
  );
  await ingest(
    workspace,
    said.map(({ input, said: expected, judge }, at) => ({
      traceId: `${drop}-${String(at).padStart(4, '0')}`,
      timestamp: new Date(Date.parse('2026-03-01T00:00:00Z') + at * 60_000).toISOString(),
      modelId,
      input,
      output: labelOrNull(answers[at]?.output ?? null),
      expected,
      judge: { ...judge, reason: '' },
    })),
  );
  const result = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
  const findings = await lastFindings(modelId, workspace.ports);
  const suspects = findings === null ? [] : await suspectsOf(findings, null, workspace.ports);
  return { result, held: suspects.filter(({ triage }) => triage.alone !== undefined), suspects };
}

/** Nine in ten of the texts of refund, or as many as the share says, are said to be about delivery. */
function turned(texts: readonly Sample[], judgeOf: (at: number) => Judge, share: number): Said[] {
  let refunds = 0;
  return texts.map(({ input, output }, at) => {
    const isTurned = output === 'refund' && refunds++ % 20 < 20 * share;
    return { input, output, said: isTurned ? 'delivery' : output, judge: judgeOf(at) };
  });
}

it.each([
  ['an llm', llm, 0.8],
  ['a person', ana, 0.35],
  ['a person', ana, 1],
] as const)('%s alone turns no label, and is named in the headline', { timeout: 60_000 }, async (_, judge, share) => {
  const workspace = await supportWorkspace();
  const said = turned(traffic(workspace), () => judge, share);
  const { result, held } = await runOn(workspace, said);

  const wrong = new Set(said.filter((one) => one.said !== one.output).map(({ input }) => input));
  const heldWrong = held.filter(({ input }) => wrong.has(input)).length;
  expect(heldWrong).toBeGreaterThan(0.7 * wrong.size);
  expect(heldWrong).toBeGreaterThan(0.75 * held.length);
  expect(result.headline).toMatch(
    new RegExp(`label refund: \\d+ of \\d+ are delivery by ${judge.kind}/${judge.id} alone, held for review`),
  );
  expect(await answered(workspace, fresh(workspace, 'refund'), 'refund')).toBeGreaterThan(0.9);
  const evidence = new Set((await evidenceOfRun(result.run, workspace)).map(({ exampleId }) => exampleId));
  expect(held.filter(({ traceId }) => evidence.has(traceId))).toEqual([]);
});

it('drop after drop turns no label either', { timeout: 120_000 }, async () => {
  const workspace = await supportWorkspace();
  const said = turned(traffic(workspace), () => ana, 0.5);
  for (const drop of [0, 1, 2, 3]) {
    await runOn(
      workspace,
      said.filter((_one, at) => at % 4 === drop),
      `d${drop}`,
    );
  }
  expect(await answered(workspace, fresh(workspace, 'refund'), 'refund')).toBeGreaterThan(0.9);
});

it('a label turns when several people say so, and when a person confirms what one says', {
  timeout: 120_000,
}, async () => {
  const several = await supportWorkspace();
  const people = ['ana', 'ben', 'chloe'].map((id) => ({ kind: 'human', id }) as const);
  const byPeople = turned(traffic(several), (at) => people[Math.floor(at / 3) % 3] ?? ana, 1);
  const { result, held } = await runOn(several, byPeople);
  expect(held).toEqual([]);
  expect(result.decision).toBe('promoted');
  expect(await answered(several, fresh(several, 'refund'), 'delivery')).toBeGreaterThan(0.9);

  const released = await supportWorkspace();
  const byAna = turned(traffic(released), () => ana, 1);
  const before = await runOn(released, byAna);
  expect(before.held.length).toBeGreaterThan(100);
  await changeSettings({ modelId, set: { confirmed: ['refund > delivery'] }, unset: [], by: 'owner' }, released.ports);
  const after = await runLoop(released, { modelId, seed: 1 }, recordingUi());
  expect(after.decision).toBe('promoted');
  expect(await answered(released, fresh(released, 'refund'), 'delivery')).toBeGreaterThan(0.9);
});

it.each([
  ['an llm', llm],
  ['a person', ana],
] as const)('a rare word that %s gives one label decides nothing', { timeout: 60_000 }, async (_, judge) => {
  const workspace = await supportWorkspace();
  const said = traffic(workspace).map(({ input, output }, at): Said => {
    const isPlanted = output !== 'account' && at % 10 === 0;
    return { input: isPlanted ? `${input} zxqv` : input, output, said: isPlanted ? 'account' : output, judge };
  });
  const { result, held } = await runOn(workspace, said);
  expect(new Set(held.map(({ triage }) => triage.alone?.word))).toEqual(new Set(['zxqv']));
  expect(held.every(({ input }) => input.endsWith('zxqv'))).toBe(true);
  expect(result.headline).toContain(`word zxqv: `);
  const texts = [...fresh(workspace, 'refund'), ...fresh(workspace, 'delivery')].map((text) => `${text} zxqv`);
  expect(await answered(workspace, texts, 'account')).toBeLessThan(0.1);
});

it('500 variations of one wrong correction change nothing', { timeout: 60_000 }, async () => {
  const workspace = await supportWorkspace();
  const honest = traffic(workspace).map((sample): Said => ({ ...sample, said: sample.output, judge: llm }));
  const [text = ''] = honest.flatMap(({ input, output }) => (output === 'refund' ? [input] : []));
  const flood = Array.from({ length: 500 }, (_, at): Said => {
    const words = [`w${at % 23}`, `v${at % 29}`];
    return { input: `${words[0]} ${text} ${words[1]}`, output: 'refund', said: 'delivery', judge: llm };
  });
  await runOn(workspace, [...honest, ...flood]);
  expect(await answered(workspace, fresh(workspace, 'refund'), 'refund')).toBeGreaterThan(0.95);
});

it('holds nothing of what one person says rightly, also where the model has to learn it', {
  timeout: 60_000,
}, async () => {
  const workspace = await supportWorkspace();
  const said = traffic(workspace).map((sample): Said => ({ ...sample, said: sample.output, judge: ana }));
  const { result, suspects } = await runOn(workspace, said);
  expect(suspects).toEqual([]);
  expect(result.decision).toBe('promoted');
});
