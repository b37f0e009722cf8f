import type { Output } from '../../domain/base/output.ts';
import { wilsonInterval } from '../../domain/base/statistics.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import { overPredictionNote } from '../../domain/diagnosis/over-prediction.ts';
import { weaknessSchema } from '../../domain/diagnosis/probe.ts';
import { taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import { evaluationAnswerSchema } from '../../domain/evaluation/evaluation-set.ts';
import { datasetModeSchema } from '../../domain/models/dataset.ts';
import type { Run } from '../../domain/models/run.ts';
import { type SplitRecord, splitRecordSchema } from '../../domain/traces/trace-record.ts';
import { readJson, readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import type { Ports } from '../../ports/ports.ts';
import { readCandidate } from '../state/candidate.ts';
import { type GatedCandidate, gateFileSchema } from '../state/gate-result.ts';
import { type History, historySchema } from '../state/iteration.ts';
import { type RunPlan, readPlan } from '../state/run-plan.ts';
import type { ReportInput, RunResult } from '../state/run-result.ts';
import { type FinalTest, finalTestSchema } from '../state/test-result.ts';
import { gateMargin } from './gate-margin.ts';
import { nextSteps } from './next-steps.ts';
import type { BeforeAfter, CandidateReport, ExampleText, Rate, ReportData, ShownAnswer } from './report-data.ts';

/** Collects what the stages of a run found into the report's data and the run's result. */
export async function gatherReport(
  input: ReportInput,
  reportKey: string,
  ports: Ports,
): Promise<{ data: ReportData; result: RunResult }> {
  const plan = await readPlan(input.prepared, ports);
  const kind = kindOf(plan.model, ports);
  const records = await readJsonl(ports.objects, input.split.recordsKey, splitRecordSchema);
  const history =
    input.decision.historyKey === null ? null : await readJson(ports.objects, input.decision.historyKey, historySchema);
  const test =
    input.finalTest.testKey === null ? null : await readJson(ports.objects, input.finalTest.testKey, finalTestSchema);
  const gated = history === null ? [] : await readGated(history, ports);
  const championScore = gated[0]?.championScore ?? null;
  const candidates = await candidateReports(gated, plan, ports);
  const decidedOn = input.decision.chosen?.candidateId ?? null;
  const decided = candidates.find((candidate) => candidate.candidateId === decidedOn) ?? null;
  const promoted = input.decision.next === 'promote';
  const decision = promoted ? 'promoted' : 'kept';
  const champion = promoted && decided !== null ? decided.checkpointId : plan.champion.checkpointId;
  const finishedAt = new Date(ports.clock.now()).toISOString();
  const run: Run = {
    ...plan.run,
    status: 'finished',
    finishedAt,
    decision,
    reason: input.decision.reason,
    resultId: champion,
    reportKey,
  };
  const taxonomy = await readTaxonomy(input, records, kind, ports);

  const draft: Omit<ReportData, 'nextSteps'> = {
    run,
    model: plan.model,
    decision,
    reason: input.decision.reason,
    ended: history?.ended ?? null,
    links: [
      ports.links?.execution(input.lease.owner) ?? null,
      ports.links?.objects(`runs/${input.run.modelId}/${input.run.runId}/`) ?? null,
    ].filter((link) => link !== null),
    traffic: {
      traces: records.length,
      passes: input.triaged.passes,
      failures: input.triaged.failures,
      unknown: input.triaged.unknown,
    },
    evidence: { failures: input.split.failures, records: input.split.evidence.size },
    triage: triageCounts(records),
    weighed: { size: input.split.evidence.size, right: input.split.evidence.right },
    test: test === null ? null : test.sets.map(({ name, before, after }) => beforeAfter(name, before, after)),
    byLabel: (test?.byLabel ?? []).map(({ name, before, after }) => beforeAfter(name, before, after)),
    bySlice: (test?.bySlice ?? []).map(({ name, before, after }) => beforeAfter(name, before, after)),
    allFailuresFixed: test === null ? null : rate(test.allFailuresFixed),
    confusion: test?.confusion ?? [],
    taxonomy,
    datasets: (await ports.lineage.listDatasets(plan.model.modelId)).filter(
      (dataset) => dataset.runId === plan.run.runId,
    ),
    championScore,
    candidates,
    decidedOn,
    iterations: (history?.iterations ?? []).map((past) => ({
      iteration: past.iteration,
      move: past.move,
      bestCandidateId: past.best.candidateId,
      score: past.score,
      rolledBack: past.rolledBack,
      decision: past.decision,
    })),
    regressed: decided === null ? [] : await regressedExamples(decided, gated, records, kind, ports),
    lineage: await lineageOf(plan, champion, championScore, candidates, ports),
  };
  return {
    data: { ...draft, nextSteps: nextSteps(draft) },
    result: resultOf(draft, test, decided, champion, reportKey),
  };
}

async function readGated(history: History, ports: Ports): Promise<GatedCandidate[]> {
  const files = await Promise.all(
    history.iterations.map((past) => readJson(ports.objects, past.gateKey, gateFileSchema)),
  );
  return files.flatMap((file) => file.candidates);
}

async function candidateReports(
  gated: readonly GatedCandidate[],
  { model }: RunPlan,
  ports: Ports,
): Promise<CandidateReport[]> {
  return Promise.all(
    gated.map(async (entry): Promise<CandidateReport> => {
      const candidate = await readCandidate(entry.candidate, ports);
      return {
        candidateId: candidate.candidateId,
        iteration: candidate.iteration,
        checkpointId: candidate.checkpointId,
        datasetId: candidate.datasetId,
        mode: datasetModeSchema.parse(candidate.mode),
        configuration: candidate.configuration,
        score: entry.score,
        verdict: entry.verdict,
        margin: gateMargin(model.settings, entry.request.margin),
        isAverage: entry.request.fit === null,
      };
    }),
  );
}

function triageCounts(records: readonly SplitRecord[]): ReportData['triage'] {
  const groups = Map.groupBy(records, (record) => JSON.stringify([record.triage.category, record.triage.kind]));
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [
            {
              category: first.triage.category,
              kind: first.triage.kind,
              count: group.length,
              example: first.triage.reason,
            },
          ];
    })
    .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1));
}

async function readTaxonomy(
  input: ReportInput,
  records: readonly SplitRecord[],
  kind: TaskKind,
  ports: Ports,
): Promise<ReportData['taxonomy']> {
  if (input.taxonomy.taxonomyKey === null) return null;
  const { excess, ...taxonomy } = await readJson(ports.objects, input.taxonomy.taxonomyKey, taxonomySchema);
  const weaknesses = await Promise.all(
    input.weaknesses.map((ref) => readJson(ports.objects, ref.weaknessKey, weaknessSchema)),
  );
  const byId = new Map(records.map((record) => [record.traceId, record]));
  return {
    ...taxonomy,
    notes: [excess === undefined ? null : overPredictionNote(excess, kind.words)].filter((note) => note !== null),
    clusters: taxonomy.clusters.map((cluster) => ({
      ...cluster,
      weakness: weaknesses.find((weakness) => weakness.clusterId === cluster.clusterId) ?? null,
      examples: cluster.exampleIds.flatMap((traceId): ExampleText[] => {
        const record = byId.get(traceId);
        return record === undefined ? [] : exampleText(record, kind);
      }),
    })),
  };
}

/** Records on record as right that the candidate gets wrong out of fold, with both answers; those of the snapshot. */
async function regressedExamples(
  decided: CandidateReport,
  gated: readonly GatedCandidate[],
  records: readonly SplitRecord[],
  kind: TaskKind,
  ports: Ports,
): Promise<ExampleText[]> {
  const of = gated.find(({ candidate }) => candidate.candidateId === decided.candidateId);
  if (of === undefined) return [];
  const { request, answersKey } = of;
  const lost = new Set([...request.pairs.lost, ...request.memory.flatMap((count) => count.lost)]);
  if (lost.size === 0) return [];
  const answers = await readJsonl(ports.objects, answersKey, evaluationAnswerSchema);
  const after = new Map(answers.map((answer) => [answer.exampleId, answer]));
  return records
    .filter((record) => lost.has(record.traceId))
    .flatMap((record) => {
      const answer = after.get(record.traceId);
      return exampleText(record, kind, answer && { output: shown(answer.output, kind), right: answer.right });
    });
}

/** A record with its answers, for people; nothing for one of which nobody knows the right output. */
function exampleText(
  { traceId, input, expected, answer, verdict }: SplitRecord,
  kind: TaskKind,
  after: ShownAnswer | null = null,
): ExampleText[] {
  if (expected === null) return [];
  const before = { output: shown(answer, kind), right: verdict === 'pass' };
  return [{ traceId, input, expected: kind.show(expected), before, after }];
}

function shown(output: Output | null, kind: TaskKind): string | null {
  return output === null ? null : kind.show(output);
}

async function lineageOf(
  plan: RunPlan,
  champion: string,
  championScore: number | null,
  candidates: readonly CandidateReport[],
  ports: Ports,
): Promise<ReportData['lineage']> {
  const scores = new Map(candidates.map((candidate) => [candidate.checkpointId, candidate.score]));
  if (championScore !== null) scores.set(plan.champion.checkpointId, championScore);
  return (await ports.lineage.listCheckpoints(plan.model.modelId)).map(
    ({ checkpointId, parentId, datasetId, createdAt, scores: recorded }) => ({
      checkpointId,
      parentId,
      datasetId,
      createdAt,
      champion: checkpointId === champion,
      score: scores.get(checkpointId) ?? recorded['out-of-fold'] ?? recorded['traffic-validation'] ?? null,
    }),
  );
}

function resultOf(
  data: Omit<ReportData, 'nextSteps'>,
  test: FinalTest | null,
  decided: CandidateReport | null,
  champion: string,
  report: string,
): RunResult {
  const shares = (when: 'before' | 'after') =>
    Object.fromEntries(
      (test?.sets ?? []).flatMap((set) => (set[when].of === 0 ? [] : [[set.name, set[when].right / set[when].of]])),
    );
  return {
    run: data.run.runId,
    decision: data.decision,
    reason: data.reason,
    champion,
    scores: {
      before: {
        ...shares('before'),
        ...(data.championScore === null ? {} : { traffic: data.championScore }),
      },
      after: decided === null ? null : { ...shares('after'), traffic: decided.score },
    },
    gain:
      decided === null
        ? null
        : {
            of: decided.verdict.groups,
            gained: decided.verdict.gained,
            lost: decided.verdict.lost,
            net: decided.verdict.net,
            lower: decided.verdict.lower,
          },
    memory: Object.fromEntries(
      (decided?.verdict.memory ?? []).map(({ scope, lost, gained, allowed, size }) => [
        scope,
        { lost: lost.length, gained, allowed, of: size },
      ]),
    ),
    report,
  };
}

function beforeAfter(name: string, before: Count, after: Count): BeforeAfter {
  return { name, before: rate(before), after: rate(after) };
}

interface Count {
  readonly right: number;
  readonly of: number;
}

function rate(count: Count): Rate {
  return { ...count, ...wilsonInterval(count.right, count.of) };
}
