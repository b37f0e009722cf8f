import type { ProgressUi } from '../../cli/progress.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { defaultBackEnds } from '../../shared/composition/default-back-ends.ts';
import { mcNemarOneSided } from '../../shared/domain/base/statistics.ts';
import type { Checkpoint } from '../../shared/domain/models/checkpoint.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { finalTestSchema } from '../../shared/loop/state/test-result.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { createModel } from '../../shared/operations/create-model.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { readJson } from '../../shared/ports/documents.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { labelOrNull } from '../../test/helpers/outputs.ts';
import type { Labelled } from './load-clinc.ts';
import type { Draw, Scenario } from './scenario.ts';

/** What one cycle did; rates are fractions, `before` and `after` on fresh text. */
export interface CycleResult {
  readonly cycle: number;
  readonly traces: number;
  readonly failures: number;
  readonly decision: 'promoted' | 'kept';
  readonly reason: string;
  readonly iterations: number;
  readonly candidates: number;
  readonly before: number;
  readonly after: number;
  /** Fresh texts that only the champion after, or only the one before, has right. */
  readonly gained: number;
  readonly lost: number;
  /** Exact one-sided McNemar: small when the champion after is worse. */
  readonly pWorse: number;
  /**
   * The old champion's right answers out of fold, and how many of them the candidate decided on loses; null when none
   * was trained.
   */
  readonly passes: { readonly of: number; readonly lost: number } | null;
  /** What the candidate decided on lost and gained of what earlier promotions froze, by scope. */
  readonly memory: RunResult['memory'];
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

export interface SeedResult {
  readonly scenario: string;
  readonly seed: number;
  readonly fresh: number;
  readonly cycles: readonly CycleResult[];
  /** The same trainer on the first examples and all traces of the first cycle, true labels, default configuration. */
  readonly allData: number;
  /** Share of the headroom to it that the first cycle recovered. */
  readonly headroom: number;
}

const modelId = 'assistant';
const allDataModel = 'all-data';

/** Takes one model through its cycles, by the functions behind the command line. */
export async function runScenario(
  { scenario, draw, seed }: { scenario: Scenario; draw: Draw; seed: number },
  workspace: Workspace,
  ui: ProgressUi,
): Promise<SeedResult> {
  const { ports } = workspace;
  await create(modelId, draw.labels, draw.examples, seed, ports);
  const cycles: CycleResult[] = [];
  for (const [index, traffic] of draw.cycles.entries()) {
    if (traffic.length === 0) break;
    const cycle = index + 1;
    const old = await chooseCheckpoint(modelId, null, ports);
    const before = await rightAnswers(old, draw.fresh, ports);
    const failures = await ingest(traffic, old, cycle, ports);
    const clock = process.hrtime.bigint();
    const cpu = process.cpuUsage();
    const result = await runLoop(workspace, { modelId, seed }, ui);
    const wallSeconds = Number(process.hrtime.bigint() - clock) / 1e9;
    const used = process.cpuUsage(cpu);
    const after = await rightAnswers(await chooseCheckpoint(modelId, null, ports), draw.fresh, ports);
    const gained = after.filter((right, at) => right && before[at] === false).length;
    const lost = after.filter((right, at) => !right && before[at] === true).length;
    cycles.push({
      cycle,
      traces: traffic.length,
      failures,
      decision: result.decision,
      reason: result.reason,
      ...(await searched(result.run, ports)),
      before: share(before),
      after: share(after),
      gained,
      lost,
      pWorse: mcNemarOneSided(lost, gained),
      passes: await passes(result.run, ports),
      memory: result.memory,
      wallSeconds,
      cpuSeconds: (used.user + used.system) / 1e6,
    });
    ui.note(
      `${scenario.name}/${seed} cycle ${cycle}: ${result.decision}, ${share(before).toFixed(4)} → ${share(after).toFixed(4)}. ${result.reason}`,
    );
  }
  const [first] = cycles;
  if (first === undefined) throw new Error('The scenario has no traffic.');
  await create(allDataModel, draw.labels, [...draw.examples, ...(draw.cycles[0] ?? [])], seed, ports);
  const allData = share(await rightAnswers(await chooseCheckpoint(allDataModel, null, ports), draw.fresh, ports));
  return {
    scenario: scenario.name,
    seed,
    fresh: draw.fresh.length,
    cycles,
    allData,
    headroom: (first.after - first.before) / (allData - first.before),
  };
}

async function create(
  name: string,
  labels: readonly string[],
  examples: readonly Labelled[],
  seed: number,
  ports: Ports,
): Promise<void> {
  await createModel(
    {
      modelId: name,
      task: 'classification',
      labels,
      examples: jsonLines(examples.map(({ text, label }) => ({ input: text, output: label }))),
      backEnds: defaultBackEnds,
      trainerOptions: {},
      settings: {},
      seed,
      by: 'bench',
    },
    ports,
  );
}

async function rightAnswers(checkpoint: Checkpoint, rows: readonly Labelled[], ports: Ports): Promise<boolean[]> {
  const answers = await answerWith(
    checkpoint,
    rows.map(({ text }) => text),
    ports,
  );
  return rows.map(({ label }, at) => labelOrNull(answers[at]?.output ?? null) === label);
}

const firstArrival = Date.parse('2026-01-05T08:00:00Z');

/** The champion answers the traffic, a rule judge compares with the truth. @returns how many answers were wrong */
async function ingest(
  traffic: readonly Labelled[],
  champion: Checkpoint,
  cycle: number,
  ports: Ports,
): Promise<number> {
  const answers = await answerWith(
    champion,
    traffic.map(({ text }) => text),
    ports,
  );
  const lines = traffic.map(({ text, label }, index) => ({
    traceId: `c${cycle}-${String(index).padStart(5, '0')}`,
    timestamp: new Date(firstArrival + cycle * 30 * 86_400_000 + index * 60_000).toISOString(),
    modelId,
    checkpointId: champion.checkpointId,
    input: text,
    output: labelOrNull(answers[index]?.output ?? null),
    confidence: answers[index]?.confidence ?? 0,
    expected: label,
    judge: { kind: 'rule', id: 'ground-truth', reason: 'the label of the corpus' },
  }));
  await ingestTraces({ modelId, sources: [{ name: `cycle-${cycle}`, open: async () => jsonLines(lines) }] }, ports);
  return lines.filter((line) => line.output !== line.expected).length;
}

async function searched(runId: string, ports: Ports): Promise<{ iterations: number; candidates: number }> {
  const keys = await ports.objects.list(`runs/${modelId}/${runId}/`);
  const iterations = keys.flatMap((key) => {
    const [, , , iteration, stage] = key.split('/');
    return stage === 'gate-candidates' ? [Number(iteration)] : [];
  });
  const checkpoints = await ports.lineage.listCheckpoints(modelId);
  return {
    iterations: Math.max(0, ...iterations),
    candidates: checkpoints.filter((checkpoint) => checkpoint.runId === runId).length,
  };
}

async function passes(runId: string, ports: Ports): Promise<CycleResult['passes']> {
  const keys = await ports.objects.list(`runs/${modelId}/${runId}/`);
  const key = keys.find((name) => name.endsWith('/final-test/all/test.json'));
  if (key === undefined) return null;
  const set = (await readJson(ports.objects, key, finalTestSchema)).sets.find(({ name }) => name === 'passes');
  return set === undefined ? null : { of: set.before.right, lost: set.before.right - set.after.right };
}

async function* jsonLines(values: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const value of values) yield encoder.encode(`${JSON.stringify(value)}\n`);
}

function share(rights: readonly boolean[]): number {
  return rights.length === 0 ? 0 : rights.filter(Boolean).length / rights.length;
}
