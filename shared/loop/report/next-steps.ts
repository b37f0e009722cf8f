import { plural } from '../../domain/base/wording.ts';
import type { ReportData } from './report-data.ts';

/** What a person should do next, a sentence each, most useful first. */
export function nextSteps(data: Omit<ReportData, 'nextSteps'>): string[] {
  const steps: string[] = [];
  const suspects = countOf(data, 'suspect-judgement');
  const poison = countOf(data, 'poison');
  const external = (data.taxonomy?.clusters ?? []).filter((cluster) => cluster.fixability === 'external');
  const { settings } = data.model;
  if (data.decision === 'promoted') {
    steps.push(
      `Deploy checkpoint ${data.run.resultId ?? ''}; to undo: ratchet rollback ${data.model.modelId} --to ${data.run.championId}.`,
    );
  } else if (data.candidates.length === 0 && data.evidence !== null) {
    const { failures, traffic, regression } = data.evidence;
    const wanted = [
      failures < settings.enoughFailures ? `${settings.enoughFailures - failures} more judged failures` : '',
      traffic < settings.enoughTraffic ? `about ${(settings.enoughTraffic - traffic) * 5} more judged traces` : '',
      regression < settings.enoughRegression
        ? `about ${(settings.enoughRegression - regression) * 5} more traces that passed`
        : '',
    ].filter((part) => part !== '');
    steps.push(`Ingest ${wanted.join(', ')}, then run again.`);
  } else {
    steps.push('Leave the champion in place; read the gate below for the rule that the best candidate failed.');
    if (data.regressed.length > 0) steps.push('Look at the regressed examples: are their right answers right?');
  }
  if (suspects > 0)
    steps.push(`Have a person look at ${plural(suspects, 'suspect judgement')}; none was trained on or judged by.`);
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

function countOf(data: Pick<ReportData, 'triage'>, category: string): number {
  return data.triage.filter((entry) => entry.category === category).reduce((sum, entry) => sum + entry.count, 0);
}
