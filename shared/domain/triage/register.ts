import { functionWords, writingOf } from '../base/languages.ts';
import { percent } from '../base/wording.ts';
import { type CorpusProfile, ownLanguage } from './corpus-profile.ts';
import { type Finding, quote } from './finding.ts';
import { isLaughter } from './laughter.ts';
import { wordsOf } from './readable.ts';

const slang = new Set(
  "u ur pls plz plss thx thnx tnx ty tysm btw idk idc imo imho asap fyi omg wtf smh tbh ngl brb afaik irl dm rn gonna wanna gotta gimme lemme dunno kinda sorta cuz coz bc b4 gr8 l8r 2day 2moro tmrw tmr msg txt ppl acct acc amt appt govt wknd w/ w/o wud cud shud wat wut dat dis da nah yea yep ya yall y'all ain't bro dude yo yolo fr bruh deets lmk".split(
    ' ',
  ),
);

/** Abbreviations and slang that the traffic hardly uses. */
export function detectSlang(text: string, profile: CorpusProfile): Finding | null {
  const found = [...new Set(wordsOf(text))].filter((word) => slang.has(word) && rare(word, profile));
  return found.length === 0
    ? null
    : {
        kind: 'slang',
        strength: Math.min(1, 0.6 + 0.15 * found.length),
        reason: `has abbreviations or slang rare in the traffic: ${found.slice(0, 4).map(quote).join(', ')}`,
      };
}

/** Fewer distinct inputs than this do not show which languages are usual. */
const enoughTexts = 100;
/** So many form words of another language are no names and no loan words. */
const enoughForms = 3;

/**
 * Another language mixed in: words in a script that the traffic does not use, or several form words of one foreign
 * language. Latin letters stand in texts of all scripts, for names and codes; a language with a share of the traffic is
 * not foreign.
 */
export function detectCodeSwitching(text: string, profile: CorpusProfile): Finding | null {
  if (profile.texts < enoughTexts) return null;
  const words = wordsOf(text);
  const foreign = words.filter(
    (word) => !isLaughter(word) && rare(word, profile) && isForeign(writingOf(word), profile),
  );
  if (foreign.join('').length >= 2) {
    return {
      kind: 'code-switching',
      strength: 0.9,
      reason: `has ${percent(foreign.length / words.length, 0)} of its words in a script foreign to the traffic: ${quote(foreign.join(' '))}`,
    };
  }
  const usual = [...functionWords].filter(([language]) => (profile.languages.get(language) ?? 0) >= ownLanguage);
  const own = new Set(usual.flatMap(([, forms]) => [...forms]));
  for (const [language, forms] of functionWords) {
    if ((profile.languages.get(language) ?? 0) >= ownLanguage) continue;
    const found = [...new Set(words)].filter((word) => forms.has(word) && !own.has(word) && rare(word, profile));
    if (found.length >= enoughForms) {
      return {
        kind: 'code-switching',
        strength: 0.8,
        reason: `has words of ${language}: ${found.slice(0, 4).map(quote).join(', ')}`,
      };
    }
  }
  return null;
}

/** From this share of the inputs on a writing is the traffic's own. */
const ownWriting = 0.005;

function isForeign(writing: string | null, { writings, texts }: CorpusProfile): boolean {
  if (writing === null || writing === 'Latin') return false;
  const share = writings.get(writing) ?? 0;
  return share < ownWriting || share * texts <= 3;
}

function rare(word: string, profile: CorpusProfile): boolean {
  return (profile.documentFrequency.get(word) ?? 0) <= Math.max(3, 0.005 * profile.texts);
}
