import { LRUCache } from 'lru-cache';
import type { Run } from '../../domain/models/run.ts';
import { completedOutput } from '../../loop/engine/completed-output.ts';
import { gatherReport } from '../../loop/report/gather-report.ts';
import type { ReportData } from '../../loop/report/report-data.ts';
import { decisionRefSchema } from '../../loop/state/decision.ts';
import { taxonomyRefSchema, weaknessRefSchema } from '../../loop/state/diagnosis.ts';
import type { ReportInput, RunResult } from '../../loop/state/run-result.ts';
import { snapshotSchema } from '../../loop/state/snapshot.ts';
import { splitSchema } from '../../loop/state/split.ts';
import { finalTestRefSchema } from '../../loop/state/test-result.ts';
import { triagedSchema } from '../../loop/state/triaged.ts';
import type { Ports } from '../../ports/ports.ts';

export interface GatheredReport {
  readonly data: ReportData;
  readonly result: RunResult;
}

/** Runs of which the report is held, and for how long: what was erased meanwhile is soon gone from here too. */
const mostHeld = 6;
const heldMs = 60_000;

/** The reports of runs that have ended, gathered anew from what their stages left. */
export class RunReports {
  readonly #ports: Ports;
  readonly #held = new LRUCache<string, Promise<GatheredReport | null>>({ max: mostHeld, ttl: heldMs });

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Null for a run that has not ended, and where files of its stages are gone. */
  async of(run: Run): Promise<GatheredReport | null> {
    if (run.status !== 'finished' || run.reportKey === null) return null;
    const known = this.#held.get(run.runId);
    if (known !== undefined) return known;
    const gathering = this.#gather(run, run.reportKey);
    this.#held.set(run.runId, gathering);
    gathering.catch(() => this.#held.delete(run.runId));
    return gathering;
  }

  async #gather(run: Run, reportKey: string): Promise<GatheredReport | null> {
    const input = await reportInputOf(run, this.#ports);
    if (input === null) return null;
    const { data, result } = await gatherReport(input, reportKey, this.#ports);
    return { data: { ...data, run }, result };
  }
}

/** What write-report was given, from what the stages before it completed with. */
async function reportInputOf(run: Run, ports: Ports): Promise<ReportInput | null> {
  const { runId, modelId, seed } = run;
  const at = { run: { runId, modelId, seed }, iteration: 0, item: 'all' };
  const { objects } = ports;
  const [snapshot, triaged, split, taxonomy, finalTest] = await Promise.all([
    completedOutput('prepare-run', at, snapshotSchema, objects),
    completedOutput('triage-traces', at, triagedSchema, objects),
    completedOutput('split-traces', at, splitSchema, objects),
    completedOutput('build-taxonomy', at, taxonomyRefSchema, objects),
    completedOutput('final-test', at, finalTestRefSchema, objects),
  ]);
  if (snapshot === null || triaged === null || split === null) return null;
  const weaknesses = await Promise.all(
    (taxonomy?.clusters ?? []).map(({ clusterId }) =>
      completedOutput('confirm-weaknesses', { ...at, item: clusterId }, weaknessRefSchema, objects),
    ),
  );
  const { shards: _, ...kept } = split;
  return {
    ...at,
    lease: { owner: '', fencingToken: 0 },
    prepared: snapshot.prepared,
    triaged,
    split: kept,
    taxonomy: taxonomy ?? { taxonomyKey: null, clusters: [], unclustered: 0 },
    weaknesses: weaknesses.filter((weakness) => weakness !== null),
    decision: (await lastDecision(at, ports)) ?? withoutCandidate(split.reason),
    finalTest: finalTest ?? { testKey: null },
  };
}

type Head = Pick<ReportInput, 'run' | 'iteration' | 'item'>;

async function lastDecision(at: Head, { objects }: Ports): Promise<ReportInput['decision'] | null> {
  const { modelId, runId } = at.run;
  const keys = await objects.list(`runs/${modelId}/${runId}/`);
  const iterations = keys
    .filter((key) => key.endsWith('/decide-next/all/completed.json'))
    .map((key) => Number(key.split('/')[3]))
    .sort((a, b) => b - a);
  for (const iteration of iterations) {
    const decision = await completedOutput('decide-next', { ...at, iteration }, decisionRefSchema, objects);
    if (decision !== null) return decision;
  }
  return null;
}

/** As the state machine has it of a run that ended before there was a candidate. */
function withoutCandidate(reason: string | null): ReportInput['decision'] {
  const iteration = { number: 1, kind: 'first', move: 'first', historyKey: null } as const;
  return { next: 'keep', reason: reason ?? '', historyKey: null, chosen: null, answersKey: null, iteration };
}
