import { mistakeAt, type Sign } from './step-mistake.ts';
import { stepText } from './step-text.ts';

/** Numbers of two digits or more, percentages, and what is in quotes: what an input asks for in so many words. */
/** More of them are not looked for. */
const most = 20;
const constraint = /(?<![\w.,])\d[\d,.]*\d(?![\w])%?|["“]([^"“”\n]{3,60})["”]/gu;

/** What the input says in so many words and no step ever names, told at the first step. */
export const missingConstraints: Sign = (walk) => {
  if (walk.steps.length === 0) return [];
  const said = plain(walk.steps.map(stepText).join('\n'));
  const asked = [...walk.input.matchAll(constraint)].map(([whole, inQuotes]) => inQuotes ?? whole).slice(0, most);
  const missing = asked.filter((text) => !said.includes(plain(text)));
  if (missing.length === 0) return [];
  const why = `No step names ${missing
    .slice(0, 3)
    .map((text) => `"${text}"`)
    .join(', ')}, which the input asks for.`;
  return [mistakeAt(walk, 0, 'missing-constraint', why)];
};

function plain(text: string): string {
  return text.toLowerCase().replaceAll(',', '');
}
