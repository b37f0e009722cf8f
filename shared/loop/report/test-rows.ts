import { formatCount, plural } from '../../domain/base/wording.ts';
import type { GateVerdict } from '../../domain/evaluation/gate.ts';
import type { RateRow } from './chart-rates.ts';
import { partialOf } from './f1.ts';
import { formatInterval, formatPercent } from './format.ts';
import { capitalise, figureNote, figureTitle } from './plain-words.ts';
import type { BeforeAfter, ReportData } from './report-data.ts';

/** What makes the figures honest, in a clause. */
export const outOfFold = 'each answered by a model that has not seen it';

/** The figures with the names that people read, of how many traces each is, and how honest. */
export function testRows(rows: readonly BeforeAfter[]): readonly RateRow[] {
  return rows.map((row) => {
    const note = figureNote(row.name);
    return {
      ...row,
      name: figureTitle(row.name),
      note: `${plural(row.after.of, 'trace')}${note === '' ? '' : `, ${note}`}`,
    };
  });
}

/** Of what a share, or a change in points, is, where the task's metric is another measure: ` of traces wholly right`. */
export function ofRight({ words }: Pick<ReportData, 'words'>): string {
  return words.parts === undefined ? '' : ' of traces wholly right';
}

/**
 * Of what a net gain in points is: of parts, where the gate has counted them; ` of entities right`, ` of traces wholly
 * right`; nothing where answers are right or wrong as a whole.
 */
export function ofGain({ partly }: Pick<GateVerdict, 'partly'>, data: Pick<ReportData, 'words'>): string {
  return partly === undefined ? ofRight(data) : ` of ${data.words.parts?.several ?? 'parts'} right`;
}

/** The name of what a score is: `score`, `entity F1`. */
export function scoreName({ words }: Pick<ReportData, 'words'>): string {
  return words.parts?.metric ?? 'score';
}

/** The task's metric before and after, where it is not the share of right answers, as a further sentence; else empty. */
export function scoreSentence({ score, places }: Pick<ReportData, 'score' | 'places'>): string {
  if (score === null) return '';
  const { before, after } = score;
  const told = (one: typeof before) => `${formatPercent(one.value)} (${formatInterval(one)})`;
  return ` ${capitalise(before.metric)}: ${told(before)} before, ${told(after)} after, with 95 % intervals.${partialSentence(places)}`;
}

function partialSentence(places: ReportData['places']): string {
  const [before, after] = [places && partialOf(places.before).f1, places && partialOf(places.after).f1];
  if (before === null || after === null) return '';
  return ` Partial F1, by places alone, half for such as only overlap: ${formatPercent(before)} before, ${formatPercent(after)} after.`;
}

/** Of how many candidates the shown one was chosen, and what that does to its figures, as a sentence. */
export function bestOf({ candidates, leftOut }: Pick<ReportData, 'candidates' | 'leftOut'>): string {
  return candidates.length <= 1
    ? 'It is the only candidate tried in this run.'
    : `It was chosen among ${formatCount(candidates.length)} candidates tried in this run on these same records, so its figures may flatter a little; ${leftOut} are left out of them.`;
}

/** What holds of the share kept for the report alone, as a further sentence; empty where there is none. */
export function reportShareNote({ test }: Pick<ReportData, 'test'>): string {
  return test?.some(({ name }) => name === 'report') === true
    ? ' What is kept for the report was answered by the models as they are served, and no decision has touched it.'
    : '';
}
