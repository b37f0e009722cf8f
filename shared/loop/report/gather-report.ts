import { readOutcomes } from '../../agents/outcome.ts';
import type { Output } from '../../domain/base/output.ts';
import { wilsonInterval } from '../../domain/base/statistics.ts';
import type { Mark, TaskKind } from '../../domain/base/task-kind.ts';
import { overPredictionNote } from '../../domain/diagnosis/over-prediction.ts';
import { weaknessSchema } from '../../domain/diagnosis/probe.ts';
import { taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import { driftOf } from '../../domain/drift/drift-findings.ts';
import { type EvaluationAnswer, evaluationAnswerSchema, isWeighed } from '../../domain/evaluation/evaluation-set.ts';
import { netLoss } from '../../domain/evaluation/gate.ts';
import { alignmentOf } from '../../domain/evaluation/judge-alignment.ts';
import { datasetModeSchema } from '../../domain/models/dataset.ts';
import { watchedTrainer } from '../../domain/models/endpoint.ts';
import { exampleSchema } from '../../domain/models/example.ts';
import type { Run } from '../../domain/models/run.ts';
import { type SplitRecord, splitRecordSchema } from '../../domain/traces/trace-record.ts';
import { leftOutOfFigures } from '../../domain/triage/detector-name.ts';
import { notDeployed, shownTarget } from '../../operations/deploy-champion.ts';
import { readDrift } from '../../operations/drift-record.ts';
import { calibrationHistory } from '../../operations/read-calibration.ts';
import type { Transcript } from '../../operations/transcript.ts';
import { readJson, readJsonl } from '../../ports/documents.ts';
import { kindOf } from '../../ports/kind-of.ts';
import { isUndecidedRecord, leavesUndecided } from '../../ports/leaves-undecided.ts';
import type { Ports } from '../../ports/ports.ts';
import { readNotesUpTo } from '../engine/run-notes.ts';
import { unlearntParts } from '../engine/unlearnt-parts.ts';
import { readCandidate } from '../state/candidate.ts';
import { type GatedCandidate, gateFileSchema } from '../state/gate-result.ts';
import { type History, historySchema } from '../state/iteration.ts';
import { type JudgeReport, judgesFileSchema } from '../state/judge-report.ts';
import { shortReason } from '../state/limits.ts';
import { type RunPlan, readPlan } from '../state/run-plan.ts';
import type { ReportInput, RunResult } from '../state/run-result.ts';
import { type FinalTest, finalTestSchema } from '../state/test-result.ts';
import { agentUsage } from './agent-usage.ts';
import { calibrateChampion } from './calibrate-champion.ts';
import { clusterGain, passingByFacet } from './cluster-gains.ts';
import { headlineOf, whyOf } from './decision-words.ts';
import { evidenceRates } from './evidence-forecast.ts';
import { gateMargin } from './gate-margin.ts';
import { gatherTranscripts, originsShown } from './gather-transcripts.ts';
import { nextSteps } from './next-steps.ts';
import type {
  BeforeAfter,
  CandidateReport,
  ExampleText,
  FacetReport,
  Rate,
  ReportData,
  ShownAnswer,
} from './report-data.ts';
import { type Review, reviewOf } from './review-lines.ts';
import { runCosts } from './run-costs.ts';

/** Collects what the stages of a run found into the report's data and the run's result. */
export async function gatherReport(
  input: ReportInput,
  reportKey: string,
  ports: Ports,
): Promise<{ data: ReportData; result: RunResult; review: Review }> {
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
  const answered = await answersOf(decided, gated, ports);
  const transcripts = await gatherTranscripts(plan.model.modelId, plan.run.runId, ports);
  const taxonomy = await readTaxonomy(input, records, answered, transcripts, kind, ports);
  const openExamples =
    plan.leftOpenExamplesKey === undefined
      ? []
      : await readJsonl(ports.objects, plan.leftOpenExamplesKey, exampleSchema);
  const review = reviewOf(records, kind, { examples: openExamples, since: plan.model.createdAt });

  const calibration = await calibrateChampion(
    champion,
    input.split.evidence.key,
    records,
    promoted ? answered : null,
    kind,
    ports,
  );
  const looked = await readDrift(plan.model.modelId, plan.champion.checkpointId, ports);
  const draft: Omit<ReportData, 'nextSteps'> = {
    run,
    model: plan.model,
    decision,
    ...(promoted ? { deployment: await deploymentOf(plan, ports) } : {}),
    reason: input.decision.reason,
    words: kind.words,
    costs: await runCosts(plan, ports),
    leftOut: leftOutOfFigures(kind),
    undecided: leavesUndecided(plan.model, ports) ? records.filter(isUndecidedRecord).length : 0,
    ...(input.triaged.notAsked === undefined
      ? {}
      : {
          notCovered: {
            asked: records.length,
            notAsked: input.triaged.notAsked,
            notAskedUsd: input.triaged.notAskedUsd ?? null,
            budgetUsd: plan.run.budgetUsd ?? null,
          },
        }),
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
      leftOut: plan.leftOut ?? null,
    },
    evidence: { failures: input.split.failures, records: input.split.evidence.size },
    ...(input.split.evidence.more !== undefined && { moreForFolds: input.split.evidence.more }),
    ...(input.split.onRecord && { onRecord: true }),
    keptOut: input.split.keptOut,
    unlearnt: await unlearntParts(plan, records, ports),
    rates: evidenceRates(records, ports.clock.now()),
    alone: whatIsHeld(records),
    judges: await readJudges(input, ports),
    triage: triageCounts(records),
    weighed: { size: input.split.evidence.size, right: input.split.evidence.right },
    test: test === null ? null : test.sets.map(({ name, before, after }) => beforeAfter(name, before, after)),
    score: test?.score ?? null,
    places: test?.places ?? null,
    byFacet: (test?.byFacet ?? []).map(facetReport),
    untold: untoldFacets(decided, gated),
    bySlice: (test?.bySlice ?? []).map(({ name, before, after }) => beforeAfter(name, before, after)),
    allFailuresFixed: test === null ? null : rate(test.allFailuresFixed),
    agents: await readOutcomes(ports.objects, plan.model.modelId, plan.run.runId),
    transcripts,
    notes: await readNotesUpTo(history?.iterations.length ?? 0, input, ports.objects),
    confusion: test?.confusion ?? [],
    taxonomy,
    failing: taxonomy === null ? failingTraces(records, kind) : { count: 0, examples: [] },
    review: { counts: review.counts, lines: review.lines.length },
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
    regressed: decided === null ? [] : regressedExamples(decided, gated, records, answered, kind),
    lineage: await lineageOf(plan, champion, championScore, candidates, ports),
    calibration: calibration.map.n === 0 ? null : calibration,
    calibrationPast: await calibrationHistory(plan.model.modelId, ports),
    drift: looked === null ? null : driftOf(looked),
    movedBack: ((await ports.lineage.getControl(plan.model.modelId))?.moves ?? []).filter(
      ({ evidence }) => evidence !== undefined,
    ),
  };
  return {
    data: { ...draft, nextSteps: nextSteps(draft) },
    result: {
      ...resultOf(draft, test, decided, champion, reportKey),
      judges: Object.fromEntries(draft.judges.map(({ role, report }) => [role, judgeFigures(report)])),
      review: review.counts.reduce((sum, { count }) => sum + count, 0),
    },
    review,
  };
}

async function deploymentOf(
  { model, champion }: RunPlan,
  ports: Ports,
): Promise<NonNullable<ReportData['deployment']>> {
  return {
    to: model.deployTo === undefined ? null : shownTarget(model.deployTo),
    problem: await notDeployed(model, ports),
    wasAtEndpoint: champion.trainer === watchedTrainer,
  };
}

async function readJudges({ triaged }: ReportInput, { objects }: Ports): Promise<ReportData['judges']> {
  if (triaged.judgesKey === null) return [];
  const { judge, secondOpinion } = await readJson(objects, triaged.judgesKey, judgesFileSchema);
  return [
    ...(judge === null ? [] : [{ role: 'judge' as const, report: judge }]),
    ...(secondOpinion === null ? [] : [{ role: 'second-opinion' as const, report: secondOpinion }]),
  ];
}

function judgeFigures({ counts, agreement, said, unusable, spent }: JudgeReport): RunResult['judges'][string] {
  const { tpr, tnr } = alignmentOf(agreement);
  return { counts, tpr: tpr.value, tnr: tnr.value, said: said.of, unusable, usd: spent.usd };
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

function whatIsHeld(records: readonly SplitRecord[]): ReportData['alone'] {
  const held = records.flatMap(({ triage }) => triage.alone ?? []);
  const distinct = new Map(held.map((alone) => [JSON.stringify(alone), alone]));
  return [...distinct.values()].sort((a, b) => b.turned - a.turned);
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
  answered: Answered | null,
  transcripts: readonly Transcript[],
  kind: TaskKind,
  ports: Ports,
): Promise<ReportData['taxonomy']> {
  if (input.taxonomy.taxonomyKey === null) return null;
  const { excess, ...taxonomy } = await readJson(ports.objects, input.taxonomy.taxonomyKey, taxonomySchema);
  const weaknesses = await Promise.all(
    input.weaknesses.map((ref) => readJson(ports.objects, ref.weaknessKey, weaknessSchema)),
  );
  const byId = new Map(records.map((record) => [record.traceId, record]));
  const passing = passingByFacet(records, kind);
  const right = answered && new Map([...answered].map(([traceId, answer]) => [traceId, answer.right]));
  return {
    ...taxonomy,
    notes: [excess === undefined ? null : overPredictionNote(excess, kind.words)].filter((note) => note !== null),
    clusters: taxonomy.clusters.map((cluster) => ({
      ...cluster,
      weakness: weaknesses.find((weakness) => weakness.clusterId === cluster.clusterId) ?? null,
      examples: cluster.exampleIds.flatMap((traceId): ExampleText[] => {
        const record = byId.get(traceId);
        return record === undefined ? [] : [exampleText(record, kind, answered?.get(traceId))];
      }),
      gain: right === null ? null : clusterGain(cluster, passing, right),
      proposedBy: originsShown(cluster, transcripts),
    })),
  };
}

type Answered = ReadonlyMap<string, EvaluationAnswer>;

/** What the candidate decided on answers out of fold, by trace; null without one. */
async function answersOf(
  decided: CandidateReport | null,
  gated: readonly GatedCandidate[],
  ports: Ports,
): Promise<Answered | null> {
  const of = gatedOf(decided, gated);
  if (of === null) return null;
  const answers = (await readJsonl(ports.objects, of.answersKey, evaluationAnswerSchema)).filter(isWeighed);
  return new Map(answers.map((answer) => [answer.exampleId, answer]));
}

function gatedOf(decided: CandidateReport | null, gated: readonly GatedCandidate[]): GatedCandidate | null {
  return gated.find(({ candidate }) => candidate.candidateId === decided?.candidateId) ?? null;
}

function untoldFacets(decided: CandidateReport | null, gated: readonly GatedCandidate[]): string[] {
  const facets = gatedOf(decided, gated)?.request.facets ?? [];
  return facets.filter(({ records }) => records === 0).map(({ facet }) => facet);
}

/** Records on record as right that the candidate gets wrong out of fold, with both answers; those of the snapshot. */
function regressedExamples(
  decided: CandidateReport | null,
  gated: readonly GatedCandidate[],
  records: readonly SplitRecord[],
  answered: Answered | null,
  kind: TaskKind,
): ExampleText[] {
  const of = gatedOf(decided, gated);
  if (of === null) return [];
  const { request } = of;
  const lost = new Set([...request.pairs.lost, ...request.memory.flatMap((count) => count.lost)]);
  return records
    .filter(({ traceId, expected }) => lost.has(traceId) && expected !== null)
    .map((record) => {
      return exampleText(record, kind, answered?.get(record.traceId));
    });
}

const mostFailing = 50;

/** The failing traces that triage did not set aside as poison, those that the champion was surest of first. */
function failingTraces(records: readonly SplitRecord[], kind: TaskKind): ReportData['failing'] {
  const failing = records
    .filter(({ verdict, triage }) => verdict === 'fail' && triage.category !== 'poison')
    .sort((a, b) => b.confidence - a.confidence || (a.traceId < b.traceId ? -1 : 1));
  return { count: failing.length, examples: failing.slice(0, mostFailing).map((record) => exampleText(record, kind)) };
}

/** A record with its answers, for people. */
function exampleText(
  { traceId, input, expected, answer, verdict }: SplitRecord,
  kind: TaskKind,
  after: EvaluationAnswer | undefined = undefined,
): ExampleText {
  const right = marksOf(expected, kind);
  return {
    traceId,
    input,
    expected: shown(expected, kind),
    ...(right === undefined ? {} : { expectedMarks: right }),
    before: shownAnswer(answer, verdict === 'pass', kind),
    after: after === undefined ? null : shownAnswer(after.output, after.right, kind),
  };
}

function shownAnswer(output: Output | null, right: boolean, kind: TaskKind): ShownAnswer {
  const marks = marksOf(output, kind);
  return { output: shown(output, kind), right, ...(marks === undefined ? {} : { marks }) };
}

function marksOf(output: Output | null, kind: TaskKind): readonly Mark[] | undefined {
  return output === null ? undefined : kind.marks?.(output);
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
): Omit<RunResult, 'review' | 'judges'> {
  const shares = (when: 'before' | 'after') =>
    Object.fromEntries(
      (test?.sets ?? []).flatMap((set) => (set[when].of === 0 ? [] : [[set.name, set[when].right / set[when].of]])),
    );
  const why = whyOf(data);
  return {
    run: data.run.runId,
    decision: data.decision,
    headline: shortReason(headlineOf(data)),
    why: why === null ? null : shortReason(why),
    reason: data.reason,
    champion,
    ...(data.deployment?.problem == null ? {} : { notDeployed: shortReason(data.deployment.problem) }),
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
            ...(decided.verdict.partly === undefined ? {} : { partly: decided.verdict.partly }),
            net: decided.verdict.net,
            lower: decided.verdict.lower,
          },
    memory: Object.fromEntries(
      (decided?.verdict.memory ?? []).map((count) => [
        count.scope,
        {
          lost: count.lost.length,
          gained: count.gained,
          ...(count.change === undefined ? {} : { lostNet: netLoss(count) }),
          allowed: count.allowed,
          of: count.size,
        },
      ]),
    ),
    agents: agentUsage(data.agents),
    costs: data.costs,
    report,
  };
}

function beforeAfter(name: string, before: Count, after: Count): BeforeAfter {
  return { name, before: rate(before), after: rate(after) };
}

function facetReport({ facet, before, after }: FinalTest['byFacet'][number]): FacetReport {
  const recall = ({ tp, fn }: typeof before) => rate({ right: tp, of: tp + fn });
  const precision = ({ tp, fp }: typeof before) => rate({ right: tp, of: tp + fp });
  return {
    facet,
    recall: { before: recall(before), after: recall(after) },
    precision: { before: precision(before), after: precision(after) },
  };
}

interface Count {
  readonly right: number;
  readonly of: number;
}

function rate(count: Count): Rate {
  return { ...count, ...wilsonInterval(count.right, count.of) };
}
