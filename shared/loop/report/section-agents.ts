import { formatCount } from '../../domain/base/wording.ts';
import { transcriptMarks } from '../../domain/erasure/transcript-marks.ts';
import { agentUsage, endingWords, withoutAgents } from './agent-usage.ts';
import { html, trustedMarkup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable, foldedTable } from './table.ts';
import { transcriptCard } from './transcript-card.ts';
import { visibleLine } from './visible-text.ts';

/** What agents did in the run and what it cost; null where there were none. */
export function agentsSection({ agents, transcripts }: ReportData): Section | null {
  if (agents.length === 0) return null;
  const without = withoutAgents(agents);
  const decisions = agents.flatMap(({ role, decisions: of }) => of.map((text) => [role, visibleLine(text, 500)]));
  return {
    id: 'agents',
    title: 'Agents',
    body: html`${without !== null && html`<p>${without}</p>`}
    <p>Agents propose; what they propose is checked, and the gate decides without them. What was refused is counted.</p>
    ${dataTable(
      'Agents by role',
      [
        { title: 'Role' },
        { title: 'Agents', numeric: true },
        { title: 'That count', numeric: true },
        { title: 'Refused', numeric: true },
        { title: 'Turns', numeric: true },
        { title: 'Tokens read', numeric: true },
        { title: 'Tokens written', numeric: true },
        { title: 'US dollars', numeric: true },
      ],
      agentUsage(agents).map((of) => [
        of.role,
        formatCount(of.agents),
        formatCount(of.counted),
        formatCount(of.refused),
        formatCount(of.turns),
        formatCount(of.inputTokens),
        formatCount(of.outputTokens),
        of.usd.toFixed(4),
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
    ${decisions.length > 0 && foldedTable('What they decided', [{ title: 'Role' }, { title: 'Decision', long: true }], decisions)}
    ${transcripts.length > 0 && html`<h3>What each agent said and did</h3>${transcripts.map(transcriptCard)}`}
    ${trustedMarkup(transcriptMarks.end)}`,
  };
}
