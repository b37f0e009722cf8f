import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { lastFindings } from '../../shared/loop/inspect/last-findings.ts';
import { suspectsOf } from '../../shared/loop/inspect/suspects.ts';
import { changeSettings } from '../../shared/operations/change-settings.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { labelOrNull } from '../../test/helpers/outputs.ts';
import type { Clinc, Labelled } from '../improvement/load-clinc.ts';
import { drawScenario } from '../improvement/scenario.ts';
import { type Attack, type Ground, type JudgedText, rareToken } from './attacks.ts';

/** What stood after a drop and its run; all of fresh text, fractions but for counts. */
export interface DropResult {
  readonly decision: 'promoted' | 'kept';
  readonly headline: string;
  /** Accuracy by the truth: that of the corpus or, where the meaning has changed, the new one. */
  readonly accuracy: number;
  /** Recall of the attacked label. */
  readonly recall: number;
  /** Of fresh texts of other labels with the rare word: those answered with the label that was planted. */
  readonly astray: number;
  /** Judgements that triage doubts, of all that were wrong, and of all that were right. */
  readonly wrongHeld: number;
  readonly wrong: number;
  readonly rightHeld: number;
  /** Kinds of suspects and how many of each. */
  readonly kinds: Readonly<Record<string, number>>;
}

export interface AttackResult {
  readonly attack: string;
  readonly seed: number;
  readonly from: string;
  readonly to: string;
  readonly start: Pick<DropResult, 'accuracy' | 'recall' | 'astray'>;
  readonly drops: readonly DropResult[];
  readonly cpuSeconds: number;
}

const modelId = 'assistant';
const scale = { labels: 20, traces: 2_000 } as const;
const firstArrival = Date.parse('2026-01-05T08:00:00Z');

/** Takes one model through an attack: first examples, then drops of judged traffic with a run after each. */
export async function runAttack(
  { attack, clinc, seed, foundation }: { attack: Attack; clinc: Clinc; seed: number; foundation: string | null },
  workspace: Workspace,
  ui: ProgressUi,
): Promise<AttackResult> {
  const { ports } = workspace;
  const cpu = process.cpuUsage();
  const random = new SeededRandom();
  const draw = drawScenario(
    {
      name: 'poisoning',
      intents: scale.labels,
      examplesPerLabel: attack.examplesPerLabel,
      traces: [scale.traces],
      target: 0,
    },
    clinc,
    random.stream(seed, 'poisoning'),
  );
  const [from = '', to = ''] = random.stream(seed, 'poisoning/pair').shuffle(draw.labels);
  const ground = { traffic: draw.cycles[0] ?? [], from, to, random: random.stream(seed, `poisoning/${attack.name}`) };
  await createModel(
    {
      modelId,
      task: 'classification',
      labels: draw.labels,
      examples: jsonLines(draw.examples.map(({ text, label }) => ({ input: text, output: label }))),
      backEnds: defaultBackEnds,
      trainerOptions: foundation === null ? {} : { foundation },
      settings: {},
      seed,
      by: 'bench',
    },
    ports,
  );
  const { settings } = attack;
  if (settings !== undefined) await changeSettings({ modelId, set: settings(ground), unset: [], by: 'bench' }, ports);
  const fresh = draw.fresh.map((row) =>
    attack.isChange === true && row.label === from ? { ...row, truth: to, attacked: true } : freshRow(row, from),
  );
  const truth = new Map([...ground.traffic].map(({ text, label }) => [text, label]));
  const start = await measure(fresh, to, ports);
  const drops: DropResult[] = [];
  const isRight = ({ text, said }: Pick<JudgedText, 'text' | 'said'>) => {
    const label = truth.get(text);
    if (label === undefined) return false;
    return said === (attack.isChange === true && label === from ? to : label);
  };
  const wrong: JudgedText[] = [];
  for (const [index, drop] of attack.drops(ground).entries()) {
    await ingest(drop, index, ports);
    wrong.push(...drop.filter((said) => !isRight(said)));
    const result = await runLoop(workspace, { modelId, seed }, ui);
    const findings = await lastFindings(modelId, ports);
    const suspects = findings === null ? [] : await suspectsOf(findings, null, ports);
    const doubted = suspects.map(({ input, expected, triage }) => ({
      kind: triage.kind,
      right: isRight({ text: input, said: labelOrNull(expected) ?? '' }),
    }));
    drops.push({
      decision: result.decision,
      headline: result.headline,
      ...(await measure(fresh, to, ports)),
      wrong: wrong.length,
      wrongHeld: doubted.filter(({ right }) => !right).length,
      rightHeld: doubted.filter(({ right }) => right).length,
      kinds: Object.fromEntries([...Map.groupBy(doubted, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length])),
    });
  }
  const used = process.cpuUsage(cpu);
  return { attack: attack.name, seed, from, to, start, drops, cpuSeconds: (used.user + used.system) / 1e6 };
}

interface Fresh extends Labelled {
  readonly truth: string;
  readonly attacked: boolean;
}

function freshRow(row: Labelled, from: string): Fresh {
  return { ...row, truth: row.label, attacked: row.label === from };
}

async function measure(fresh: readonly Fresh[], to: Ground['to'], ports: Ports) {
  const checkpoint = await chooseCheckpoint(modelId, null, ports);
  const ask = async (texts: readonly string[]) =>
    (await answerWith(checkpoint, texts, ports)).map(({ output }) => labelOrNull(output));
  const answers = await ask(fresh.map(({ text }) => text));
  const rights = fresh.map(({ truth, attacked }, at) => ({ right: answers[at] === truth, attacked }));
  const others = fresh.filter(({ truth }) => truth !== to);
  const withToken = await ask(others.map(({ text }) => `${text} ${rareToken}`));
  return {
    accuracy: share(rights),
    recall: share(rights.filter(({ attacked }) => attacked)),
    astray: share(withToken.map((answer) => ({ right: answer === to }))),
  };
}

async function ingest(drop: readonly JudgedText[], index: number, ports: Ports): Promise<void> {
  const champion = await chooseCheckpoint(modelId, null, ports);
  const answers = await answerWith(
    champion,
    drop.map(({ text }) => text),
    ports,
  );
  const lines = drop.map(({ text, said, judge }, at) => ({
    traceId: `d${index}-${String(at).padStart(5, '0')}`,
    timestamp: new Date(firstArrival + index * 30 * 86_400_000 + at * 60_000).toISOString(),
    modelId,
    checkpointId: champion.checkpointId,
    input: text,
    output: labelOrNull(answers[at]?.output ?? null),
    confidence: answers[at]?.confidence ?? 0,
    expected: said,
    judge: { ...judge, reason: '' },
  }));
  await ingestTraces({ modelId, sources: [{ name: `drop-${index}`, open: async () => jsonLines(lines) }] }, ports);
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}

function share(rows: readonly { readonly right: boolean }[]): number {
  return rows.length === 0 ? 0 : rows.filter(({ right }) => right).length / rows.length;
}
