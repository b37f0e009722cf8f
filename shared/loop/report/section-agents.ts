import { type AgentOutcome, whySchema } from '../../agents/outcome.ts';
import { compareText } from '../../domain/base/text.ts';
import { formatCount } from '../../domain/base/wording.ts';
import { transcriptMarks } from '../../domain/erasure/transcript-marks.ts';
import type { RunResult } from '../state/run-result.ts';
import { agentUsage, endingWords, withoutAgents } from './agent-usage.ts';
import { html, trustedMarkup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable, foldedTable } from './table.ts';
import { transcriptCard } from './transcript-card.ts';
import { visibleLine } from './visible-text.ts';

const mostRefusals = 50;

/** What agents and judges did in the run and what it cost; null where there were none. */
export function agentsSection({ agents, notes, transcripts }: ReportData): Section | null {
  if (agents.length === 0) return null;
  const without = withoutAgents(agents);
  const decisions = agents.flatMap(({ role, decisions: of }) => of.map((text) => [role, visibleLine(text, 500)]));
  const refusals = refusalsByRole(agents);
  return {
    id: 'agents',
    title: 'Agents',
    body: html`${without !== null && html`<p>${without}</p>`}
    <p>Agents propose; what they propose is checked, and the gate decides without them. What was refused is counted.</p>
    ${dataTable(
      'Agents by role and stage',
      [
        { title: 'Role' },
        { title: 'Stage' },
        { title: 'Agents', numeric: true },
        { title: 'That count', numeric: true },
        { title: 'Refused', numeric: true },
        { title: 'Turns', numeric: true },
        { title: 'Tokens read', numeric: true },
        { title: 'Tokens written', numeric: true },
        { title: 'US dollars', numeric: true },
        { title: 'Ended' },
      ],
      agentUsage(agents).map((of) => [
        of.role,
        of.stage ?? '',
        formatCount(of.agents),
        formatCount(of.counted),
        formatCount(of.refused),
        formatCount(of.turns),
        formatCount(of.inputTokens),
        formatCount(of.outputTokens),
        of.usd.toFixed(4),
        endingsOf(of),
      ]),
    )}
    ${foldedTable(
      'Each agent, how it ended, and where its turns lie',
      [
        { title: 'Agent' },
        { title: 'Role' },
        { title: 'Ended' },
        { title: 'Turns', numeric: true },
        { title: 'Turns in' },
      ],
      agents.map(({ agentId, role, why, detail, usage, folder }) => [
        visibleLine(agentId, 120),
        role,
        why === 'finished' || detail === '' ? endingWords[why] : visibleLine(detail, 300),
        formatCount(usage.turns),
        visibleLine(`${folder}/turns/`, 300),
      ]),
    )}
    ${trustedMarkup(transcriptMarks.begin)}
    ${refusals.length > 0 && foldedTable('Why proposals and calls were refused', [{ title: 'Role' }, { title: 'Reason', long: true }, { title: 'Times', numeric: true }], refusals)}
    ${
      notes.length > 0 &&
      foldedTable(
        'Notes from iteration to iteration (data-curation.md)',
        [{ title: 'Iteration', numeric: true }, { title: 'By' }, { title: 'Note', long: true }],
        notes.map(({ iteration, by, text }) => [String(iteration), by, visibleLine(text, 500)]),
      )
    }
    ${decisions.length > 0 && foldedTable('What they decided', [{ title: 'Role' }, { title: 'Decision', long: true }], decisions)}
    ${transcripts.length > 0 && html`<h3>What each agent said and did</h3>${transcripts.map(transcriptCard)}`}
    ${trustedMarkup(transcriptMarks.end)}`,
  };
}

/** Why the agents of a row ended, commonest first. */
function endingsOf({ ended = {} }: RunResult['agents'][number]): string {
  return Object.entries(ended)
    .sort(([, a], [, b]) => b - a)
    .map(([why, count]) => `${endingWords[whySchema.parse(why)]}: ${formatCount(count)}`)
    .join('; ');
}

/** Reasons by role, commonest first. */
function refusalsByRole(agents: readonly AgentOutcome[]): string[][] {
  const counts = new Map<string, { role: string; why: string; count: number }>();
  for (const { role, refusals } of agents) {
    for (const [why, times] of Object.entries(refusals)) {
      const key = JSON.stringify([role, why]);
      const entry = counts.get(key) ?? { role, why, count: 0 };
      counts.set(key, { ...entry, count: entry.count + times });
    }
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || compareText(a.role, b.role) || compareText(a.why, b.why))
    .slice(0, mostRefusals)
    .map(({ role, why, count }) => [role, visibleLine(why, 200), formatCount(count)]);
}
