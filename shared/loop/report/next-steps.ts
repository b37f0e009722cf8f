import { formatCount, plural } from '../../domain/base/wording.ts';
import { withMoreMoney } from '../engine/not-covered.ts';
import { reviewFile } from '../state/review.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { evidenceDays, heldForNames, isAllRight, reviewIsEnough, shortEvidence } from './evidence-rows.ts';
import type { ReportData } from './report-data.ts';
import { stackOption } from './stack-option.ts';
import { visibleLine } from './visible-text.ts';

type Draft = Omit<ReportData, 'nextSteps'>;

/** What a person should do next, a sentence each, most useful first. */
export function nextSteps(data: Draft): string[] {
  const poison = countOf(data, 'poison');
  const external = (data.taxonomy?.clusters ?? []).filter((cluster) => cluster.fixability === 'external');
  const reviewFirst = data.keptOut === null && decidedCandidate(data) === null && reviewIsEnough(data);
  const decided = afterDecision(data);
  const steps = [...names(data), ...(reviewFirst ? [...review(data), ...decided] : [...decided, ...review(data)])];
  if (external.length > 0)
    steps.push(
      `${plural(external.length, 'cluster')} of failures no training mends: change the prompt, the ${data.words.facets} or the input instead (see why it fails).`,
    );
  if (poison > 0)
    steps.push(
      `${plural(poison, 'trace')} of poison ${poison === 1 ? 'was' : 'were'} set aside; see the triage for what kind it is.`,
    );
  const unknown = data.traffic.unknown - (data.undecided ?? 0);
  if (unknown > 0)
    steps.push(
      `${plural(unknown, 'trace')} had no usable judgement: judge more of ${unknown === 1 ? 'them, or this one,' : 'them'} to learn from them.`,
    );
  return steps;
}

/** The command that brings a review back, wherever it lies. */
export function ingestReview(data: Pick<ReportData, 'model' | 'links'>): string {
  const { modelId } = data.model;
  const option = stackOption(data);
  return `ratchet ingest ${modelId} "$(ratchet report ${modelId} --review${option})"${option}`;
}

function afterDecision(data: Draft): string[] {
  const { run, model, decision } = data;
  const option = stackOption(data);
  if (decision === 'promoted')
    return [
      `${whereItAnswers(data)} To go back: ratchet rollback ${model.modelId} --to ${run.championId} --reason WHY${option}`,
    ];
  if (data.keptOut !== null) {
    const { checkpointId } = data.keptOut;
    return [
      `Have people judge what went wrong and ingest it (ratchet ingest ${model.modelId} FILE${option}): the next run learns from that. To let candidates in all the same: ratchet rollback ${model.modelId} --release ${checkpointId} --reason WHY${option}`,
    ];
  }
  if (data.notCovered !== undefined)
    return [
      `Run again ${withMoreMoney(data.notCovered)}, or without one (ratchet run ${model.modelId}${option}); ratchet run ${model.modelId} --plan${option} tells the most that a run may cost, and the setting snapshotLimit how many traces it is asked about at most.`,
    ];
  if (data.unlearnt.length > 0)
    return data.review.counts.length > 0
      ? []
      : [
          `Ingest judged traces of ${data.unlearnt.map((facet) => visibleLine(facet, 60)).join(', ')} (ratchet ingest ${model.modelId} FILE${option}), then run again.`,
        ];
  const short = shortEvidence(data);
  if (short.length > 0 && (data.undecided ?? 0) > 0)
    return [
      `Have a chat model judge: set RATCHET_CHAT_URL and RATCHET_CHAT_MODEL, create the model anew with --judge llm (a model keeps its judge), and ingest the traces there. Judging more traces by hand helps only where the champion still gives the answer that was judged.`,
    ];
  if (isAllRight(data)) {
    if (heldForNames(data) > 0) return [];
    return [
      `Go on as before: a run has something to learn from once judged traces are ingested that the champion gets wrong (ratchet ingest ${model.modelId} FILE${option}).`,
    ];
  }
  if (decidedCandidate(data) === null && reviewIsEnough(data))
    return [`Then run again: ratchet run ${model.modelId}${option}`];
  if (short.length > 0) {
    const wanted = short.map(({ have, need, wanted: what }) => plural(need - have, `more ${what}`));
    const days = evidenceDays(data);
    const pace =
      days === null ? '' : ` At the present rate that ${days === 1 ? 'takes a day' : `takes about ${days} days`}.`;
    return [
      `Ingest ${wanted.join(' and ')} (ratchet ingest ${model.modelId} FILE${option}), then run again (ratchet run ${model.modelId}${option}).${pace}`,
    ];
  }
  if (decidedCandidate(data) === null) return ['Leave the champion in place: no candidate came before the gate.'];
  return [
    'Leave the champion in place; read the gate below for the rule that the best candidate failed.',
    ...(data.regressed.length > 0 ? ['Look at the regressed examples: are their right answers right?'] : []),
  ];
}

/** Where a new champion answers from now on, and what a person has to do so that it does. */
function whereItAnswers({ run, model, deployment, links }: Draft): string {
  const champion = run.resultId ?? 'it';
  const predict = `ratchet predict ${model.modelId}${stackOption({ links })}`;
  if (deployment?.problem != null) return `Promoted, but not deployed: ${visibleLine(deployment.problem, 1_000)}.`;
  if (deployment?.to != null) {
    return `${champion} is published to ${visibleLine(deployment.to, 400)}, and answers here from now on (${predict}).`;
  }
  if (deployment?.wasAtEndpoint === true) {
    return `What answers at the endpoint is still the old one, ${run.championId}. The new one, ${champion}, answers here from now on (${predict}, or ratchet serve): bring it to where yours is deployed.`;
  }
  return `Nothing has to be deployed: ${champion} answers from now on (${predict}).`;
}

/** What lets judgements in that are held for the names in them. */
function names(data: Draft): string[] {
  const count = heldForNames(data);
  if (count === 0) return [];
  const { model, words } = data;
  const option = stackOption(data);
  return [
    `${plural(count, 'judgement is', 'judgements are')} held for ${words.facets} that the model does not know: see them (ratchet labels ${model.modelId}${option}), add them or merge them into others, then run again (ratchet run ${model.modelId}${option}).`,
  ];
}

function review(data: Draft): string[] {
  const total = data.review.counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  return [
    `${plural(total, 'trace waits', 'traces wait')} for a person: fill in "expected" in ${reviewFile} beside this report (${formatCount(data.review.lines)} in it), then ${ingestReview(data)}`,
  ];
}

function countOf(data: Pick<ReportData, 'triage'>, category: string): number {
  return data.triage.filter((entry) => entry.category === category).reduce((sum, entry) => sum + entry.count, 0);
}
