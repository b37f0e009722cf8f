import { formatCount, plural } from '../../domain/base/wording.ts';
import { decidedCandidate } from './decided-candidate.ts';
import { shortEvidence } from './evidence-rows.ts';
import type { ReportData } from './report-data.ts';

type Draft = Omit<ReportData, 'nextSteps'>;

/** What a person should do next, a sentence each, most useful first. */
export function nextSteps(data: Draft): string[] {
  const suspects = countOf(data, 'suspect-judgement');
  const poison = countOf(data, 'poison');
  const external = (data.taxonomy?.clusters ?? []).filter((cluster) => cluster.fixability === 'external');
  const steps = afterDecision(data);
  if (suspects > 0)
    steps.push(`Have a person look at ${plural(suspects, 'suspect judgement')}: none of them was trained on.`);
  if (external.length > 0)
    steps.push(
      `${plural(external.length, 'cluster')} of failures no training mends: change the prompt, the labels or the input instead (see the taxonomy).`,
    );
  if (poison > 0)
    steps.push(
      `${plural(poison, 'trace')} of poison ${poison === 1 ? 'was' : 'were'} set aside; see the triage for where it comes from.`,
    );
  if (data.traffic.unknown > 0)
    steps.push(
      `${plural(data.traffic.unknown, 'trace')} had no usable judgement: judge more of them to learn from them.`,
    );
  return steps;
}

function afterDecision(data: Draft): string[] {
  const { run, model, decision } = data;
  if (decision === 'promoted')
    return [
      `Deploy checkpoint ${run.resultId ?? ''}; to undo: ratchet rollback ${model.modelId} --to ${run.championId}.`,
    ];
  const short = shortEvidence(data);
  if (short.length > 0) {
    const wanted = short.map(({ have, need, wanted }) => `${formatCount(need - have)} more ${wanted}`);
    return [`Ingest ${wanted.join(' and ')}, then run again.`];
  }
  if (decidedCandidate(data) === null) return ['Leave the champion in place: no candidate came before the gate.'];
  return [
    'Leave the champion in place; read the gate below for the rule that the best candidate failed.',
    ...(data.regressed.length > 0 ? ['Look at the regressed examples: are their right answers right?'] : []),
  ];
}

function countOf(data: Pick<ReportData, 'triage'>, category: string): number {
  return data.triage.filter((entry) => entry.category === category).reduce((sum, entry) => sum + entry.count, 0);
}
