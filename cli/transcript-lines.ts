import { formatCount, plural } from '../shared/domain/base/wording.ts';
import type { Proposal, Transcript, TranscriptSummary, TranscriptTurn } from '../shared/operations/transcript.ts';
import { printableLine } from './printable.ts';

const longest = 300;

/** The agents of a run, two lines each: who, for what, how it ended, what it used; what it proposed. */
export function transcriptListLines(agents: readonly TranscriptSummary[]): readonly string[] {
  if (agents.length === 0) return ['No agents worked in this run.'];
  return agents
    .flatMap((agent) => [headLine(agent), `  ${outcomeWords(agent)}`])
    .map((line) => printableLine(line, longest));
}

/** One agent with its turns. All that models and traces say is untrusted, and cut to a line each. */
export function transcriptLines(agent: Transcript): readonly string[] {
  const { turns, leftOut, allowance, spent, detail, decisions, proposals } = agent;
  return [
    headLine(agent),
    `  ${outcomeWords(agent)}`,
    ...(detail === '' ? [] : [`  ${detail}`]),
    ...(allowance === null ? [] : [`  The run's agents have used ${budgetWords(allowance, spent)}.`]),
    ...turns.flatMap((turn) => turnLines(turn, proposals)),
    ...(leftOut === 0
      ? []
      : [`${plural(leftOut, 'turn')} of it cannot be shown: what quotes erased traces goes with them.`]),
    ...decisions.map((text) => `Decided: ${text}`),
  ].map((line) => printableLine(line, longest));
}

function headLine({ agentId, role, iteration, item, model }: TranscriptSummary): string {
  const asked = model === null ? '' : `, asked ${model}`;
  return `${agentId}: ${role} for ${item}, iteration ${iteration}${asked}`;
}

function outcomeWords({ why, usage, counts, refused, compactions, proposals }: TranscriptSummary): string {
  const standing = proposals.find(({ stands }) => stands);
  const taken = standing?.parts.filter((part) => part.refused === null).length ?? 0;
  return [
    why,
    plural(usage.turns, 'turn'),
    `${formatCount(usage.inputTokens)} tokens read, ${formatCount(usage.outputTokens)} written`,
    dollars(usage.microUsd),
    counts ? `what it handed in counts${taken === 0 ? '' : ` (${taken} taken)`}` : 'nothing that counts',
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(compactions === 0 ? [] : [plural(compactions, 'compaction')]),
  ].join(', ');
}

function budgetWords({ turns, usd }: NonNullable<Transcript['allowance']>, spent: Transcript['spent']): string {
  const money = usd === null ? dollars(spent.microUsd) : `${dollars(spent.microUsd)} of $${usd.toFixed(2)}`;
  return `${formatCount(spent.turns)} of ${formatCount(turns)} turns, ${money}`;
}

function turnLines({ turn, text, calls, note, dropped }: TranscriptTurn, proposals: readonly Proposal[]): string[] {
  return [
    ...(dropped === 0 ? [] : [`  (${plural(dropped, 'older turn')} dropped from view)`]),
    `Turn ${turn}${text === '' ? '' : `: ${text}`}`,
    ...calls.flatMap(({ name, arguments: given, result, failed }, at) => {
      const of = proposals.find((one) => one.turn === turn && one.call === at + 1);
      return [
        `  ${name} ${given}`,
        `    ${failed ? 'failed: ' : ''}${result ?? 'not done'}`,
        ...(of?.parts ?? []).map(
          ({ what, refused }) => `    ${refused === null ? 'taken' : `refused, ${refused}`}: ${what}`,
        ),
      ];
    }),
    ...(note === null ? [] : [`  told: ${note}`]),
  ];
}

function dollars(microUsd: number): string {
  return `$${(microUsd / 1_000_000).toFixed(4)}`;
}
