import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { lineageFile } from '../../cli/workspace-files.ts';
import { SqliteBudgets } from '../../shared/adapters/local/sqlite-budgets.ts';
import type { OwnerState } from '../../shared/domain/models/control.ts';
import type { Budget } from '../../shared/ports/budgets.ts';
import { CountingIds } from '../../test/helpers/counting-ids.ts';
import { ingest, modelId, recordingUi } from '../../test/helpers/test-workspace.ts';
import { damages, runsOf, withWorkspace } from '../kill-runs/inspect.ts';
import { type AgentsMaterial, meteredChat } from './agents-material.ts';
import { type FaultKind, Faults, faultKinds } from './faults.ts';
import { openFaultyWorkspace } from './faulty-workspace.ts';
import { stuck, unclear } from './trial.ts';

/** What became of a run with agents and a judge. */
export interface AgentsReport {
  readonly seed: number;
  readonly decision: string;
  readonly injected: Readonly<Record<string, number>>;
  /** How attempts ended that did not succeed, by name of the fault. */
  readonly ends: Readonly<Record<string, number>>;
  /** Answers of the chat model, the lost ones too, and what a provider would charge for them, US dollars. */
  readonly answers: number;
  readonly charged: number;
  /** What the run may spend, null for no limit, and what it counts as spent. */
  readonly limit: number | null;
  readonly counted: number;
  readonly problems: readonly string[];
}

const mostAttempts = 10;

/**
 * What befalls a trial, by its seed: how many of the calls, how many of the chat model's, in which ways, and which share it may
 * spend of what it needs.
 */
const weathers: readonly Weather[] = [
  { rate: 0.01, chatRate: 0.2, kinds: ['throttle', 'lost-answer', 'cut-off'], share: null },
  { rate: 0, chatRate: 0.4, kinds: ['malformed-call', 'repeated-call', 'cut-off'], share: 0.6 },
  { rate: 0.02, chatRate: 0.1, kinds: faultKinds, share: 1.2 },
  { rate: 0.01, chatRate: 0.4, kinds: ['throttle', 'lost-answer', 'malformed-call'], share: 0.3 },
  { rate: 0, chatRate: 0.9, kinds: ['outage', 'throttle'], share: null },
  { rate: 0.15, chatRate: 0.15, kinds: ['twice', 'clock', 'late', 'repeated-call'], share: 0.8 },
  { rate: 0, chatRate: 0.5, kinds: ['lost-answer'], share: 0.4 },
];

interface Weather {
  readonly rate: number;
  readonly chatRate: number;
  readonly kinds: readonly FaultKind[];
  readonly share: number | null;
}

/** The decision and the costs of the run that nothing disturbs. */
export async function undisturbedAgents(material: AgentsMaterial): Promise<AgentsReport> {
  return trial(material, { seed: 0, rate: 0, chatRate: 0, kinds: [], limit: null });
}

/**
 * Ingests and runs under faults, of the chat model and of all other ports, one process after the other until one is through;
 * the last ones are let alone.
 */
export async function agentsTrial(
  material: AgentsMaterial,
  expected: AgentsReport,
  seed: number,
  allowed: ReadonlySet<FaultKind> = new Set(faultKinds),
): Promise<AgentsReport> {
  const weather = weathers[seed % weathers.length];
  if (weather === undefined) throw new Error('no weather');
  const kinds = weather.kinds.filter((kind) => allowed.has(kind));
  const limit = weather.share === null ? null : expected.charged * weather.share;
  const report = await trial(material, { ...weather, seed, kinds, limit });
  const another = report.decision === expected.decision ? [] : [`another decision: ${report.decision}`];
  return { ...report, problems: [...report.problems, ...another] };
}

async function trial(
  material: AgentsMaterial,
  plan: {
    readonly seed: number;
    readonly rate: number;
    readonly chatRate: number;
    readonly kinds: readonly FaultKind[];
    readonly limit: number | null;
  },
): Promise<AgentsReport> {
  const { seed, rate, chatRate, kinds, limit } = plan;
  const directory = await material.copy(`trial-${seed}`);
  const meter = meteredChat();
  const ids = new CountingIds();
  const injected: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const problems: string[] = [];
  const open: Workspace[] = [];
  let decision = '';
  try {
    await withWorkspace(directory, (workspace) => ingest(workspace, material.lines));
    for (let attempt = 1; attempt <= mostAttempts && decision === ''; attempt += 1) {
      const owner = `process-${attempt}`;
      const faults = new Faults({
        ...{ seed: seed * 1_000 + attempt, kinds: new Set(kinds) },
        ...(attempt >= mostAttempts - 1 ? { rate: 0, chatRate: 0 } : { rate: rate / 2 ** (attempt - 1), chatRate }),
      });
      const stateOf = (other: string): OwnerState => (other === owner ? 'running' : 'gone');
      const workspace = openFaultyWorkspace(directory, { owner, ids, stateOf, faults, chat: meter.chat });
      open.push(workspace);
      try {
        const request = { modelId, seed: 1, retryWaitMs: 0, budgetUsd: limit };
        decision = (await runLoop(workspace, request, recordingUi())).decision;
      } catch (error) {
        const name = error instanceof Error ? error.name : String(error);
        ends[name] = (ends[name] ?? 0) + 1;
        problems.push(...unclear(error).map((text) => `${owner}: ${text}`));
        faults.end();
      }
      for (const { kind } of faults.injected) injected[kind] = (injected[kind] ?? 0) + 1;
    }
    if (decision === '') problems.push('it never went through');
    for (const workspace of open.splice(0)) await workspace.close();
    problems.push(...(await damages(directory, modelId)), ...(await stuck(directory)));
    const spent = await budgetsOf(directory);
    problems.push(...spent.flatMap(overdrawn));
    const counted = spent.reduce((sum, budget) => sum + budget.spent.microUsd, 0) / 1e6;
    return { seed, decision, injected, ends, answers: meter.asked(), charged: meter.usd(), limit, counted, problems };
  } finally {
    for (const workspace of open) await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function budgetsOf(directory: string): Promise<readonly Budget[]> {
  const runs = await withWorkspace(directory, (workspace) => runsOf(workspace, modelId));
  const budgets = new SqliteBudgets(join(directory, lineageFile));
  try {
    const found = await Promise.all(runs.map(({ runId }) => budgets.get(runId)));
    return found.filter((budget) => budget !== undefined);
  } finally {
    budgets.close();
  }
}

/** What a run has spent beyond what it may. */
function overdrawn({ limit, spent, reserved }: Budget): readonly string[] {
  const parts = ['turns', 'outputTokens', 'microUsd'] as const;
  return parts.flatMap((part) =>
    spent[part] + reserved[part] > limit[part]
      ? [`${spent[part]} and ${reserved[part]} ${part} of ${limit[part]}`]
      : [],
  );
}
