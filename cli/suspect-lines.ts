import type { TaskKind } from '../shared/domain/base/task-kind.ts';
import { percent, plural } from '../shared/domain/base/wording.ts';
import { looksForSuspects } from '../shared/domain/triage/detector-name.ts';
import { printableLine } from './printable.ts';
import type { CommandResult } from './results.ts';

type Suspect = CommandResult<'suspects'>;

/**
 * How many suspects are listed, and what was not looked for.
 * @param counts.byPeople whether people judged some of what the run looked at
 */
export function closingLine(
  {
    listed,
    found,
    run,
    byPeople,
  }: { readonly listed: number; readonly found: number; readonly run: string; readonly byPeople: boolean },
  kind: Pick<TaskKind, 'triage' | 'words'>,
): string {
  const all = looksForSuspects(kind);
  const what = all ? plural(listed, 'suspect judgement') : plural(listed, 'trace');
  const disagreed = all ? '' : ' on which people disagree';
  const told =
    found === 0
      ? `Run ${run} found no ${all ? 'suspect judgement' : 'trace'}${disagreed}.`
      : `${what}${disagreed} of ${found} that run ${run} found${listed < found ? '; --all lists the rest' : ''}.`;
  if (all) return found === 0 && byPeople ? `${told} What people judged is never suspect.` : told;
  const { parts, facets } = kind.words;
  return `${told} Wrong judgements of ${parts?.several ?? facets} are not looked for yet; where people disagree is.`;
}

/** Suspect judgements for people: what was given and what is likely, by whom, why, and the text's beginning. */
export function suspectLines(suspects: readonly Suspect[], kind: Pick<TaskKind, 'show'>): readonly string[] {
  return suspects.flatMap((suspect) => {
    const { likely, probability, reason } = suspect.metadata.review;
    const { judge } = suspect;
    const given =
      suspect.expected === undefined
        ? `${suspect.verdict ?? 'nothing'} for ${kind.show(suspect.output)}`
        : kind.show(suspect.expected);
    const instead = likely === null ? '' : `, probably ${likely}`;
    const chance = probability === null ? '' : ` (${percent(probability, 0)})`;
    return [
      printableLine(`${suspect.traceId}: given ${given}${instead}${chance}, by ${judge.kind} judge ${judge.id}`, 300),
      printableLine(`    ${suspect.input}`, 200),
      printableLine(`    why: ${reason}`, 300),
    ];
  });
}
