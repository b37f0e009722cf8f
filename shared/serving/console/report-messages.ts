import type { ClusterGain } from '../../loop/report/cluster-gains.ts';
import { decidedCandidate } from '../../loop/report/decided-candidate.ts';
import { evidenceRows } from '../../loop/report/evidence-rows.ts';
import { figureMeaning, figureTitle, memoryTitles, outcomeTitles, ruleTitle } from '../../loop/report/plain-words.ts';
import type { CandidateReport, ExampleText, ReportData } from '../../loop/report/report-data.ts';
import { shownRules } from '../../loop/report/section-gate.ts';
import { cutText } from '../../loop/report/visible-text.ts';
import type { ExampleTextMessage, FailureCluster, GateMessage, RunReport } from './messages.ts';
import type { GatheredReport } from './run-reports.ts';

/** Characters of a trace's text that the console is sent. */
const longestText = 2_000;
const mostRegressed = 50;
const mostFacets = 300;

/** A run's report as the console shows it. */
export function reportMessage({ data, result }: GatheredReport): RunReport {
  const decided = decidedCandidate(data);
  return {
    headline: result.headline,
    why: result.why,
    reason: data.reason,
    nextSteps: [...data.nextSteps],
    words: { facet: data.words.facet, facets: data.words.facets },
    traffic: {
      traces: data.traffic.traces,
      passes: data.traffic.passes,
      failures: data.traffic.failures,
      unknown: data.traffic.unknown,
    },
    evidence: evidenceRows(data).map(({ name, have, need }) => ({ name, have, need })),
    figures: (data.test ?? []).map(({ name, before, after }) => {
      return { name, title: figureTitle(name), meaning: figureMeaning(name), before, after };
    }),
    championScore: data.championScore,
    decidedOn: data.decidedOn,
    candidates: data.candidates.map(({ verdict, ...candidate }) => ({
      candidate: candidate.candidateId,
      iteration: candidate.iteration,
      checkpoint: candidate.checkpointId,
      dataset: candidate.datasetId,
      mode: candidate.mode,
      score: candidate.score,
      outcome: outcomeTitles[verdict.outcome],
      gained: verdict.gained,
      lost: verdict.lost,
      net: verdict.net,
      lower: verdict.lower,
    })),
    gate: decided && gateMessage(decided, data),
    facets: data.byFacet.slice(0, mostFacets).map(({ facet, recall }) => ({ facet, ...recall })),
    triage: data.triage.map((found) => ({ ...found })),
    regressed: data.regressed.slice(0, mostRegressed).map(exampleMessage),
    datasets: data.datasets.map(({ datasetId }) => datasetId),
  };
}

function gateMessage(candidate: CandidateReport, { words }: ReportData): GateMessage {
  const { verdict, margin } = candidate;
  const { groups, gained, lost, net, lower, pValue, fallen } = verdict;
  return {
    rules: shownRules(candidate).map((rule) => ({ ...rule, title: ruleTitle(rule, words) })),
    ...{ groups, gained, lost, net, lower, pValue },
    margin,
    test: verdict.partly === undefined ? 'exact one-sided McNemar test' : 'one-sided sign-flip test',
    memory: verdict.memory.map((count) => ({
      title: memoryTitles[count.scope],
      size: count.size,
      right: count.right,
      lost: count.lost.length,
      gained: count.gained,
      allowed: count.allowed,
    })),
    fallen: fallen.map((one) => ({ ...one })),
  };
}

/** A trace's texts, cut where they are long. */
export function exampleMessage({ traceId, input, expected, before, after }: ExampleText): ExampleTextMessage {
  const answer = ({ output, right }: ExampleText['before']) => ({ output, right });
  return {
    traceId,
    input: cut(input),
    expected,
    before: answer(before),
    after: after && answer(after),
  };
}

/** A text's beginning; the ellipsis says that there is more. */
export function cut(text: string): string {
  return text.length <= longestText ? text : `${cutText(text, longestText)}…`;
}

/** What the candidate decided on made of a cluster. */
export function mendedMessage(gain: ClusterGain | null): FailureCluster['mended'] {
  return gain && { mended: gain.mended, failing: gain.failing };
}
