import { spokenWords } from '../base/text.ts';
import { percent } from '../base/wording.ts';
import type { CorpusProfile } from './corpus-profile.ts';
import { type Finding, quote } from './finding.ts';

const slang = new Set(
  "u ur r pls plz plss thx thnx tnx ty tysm btw idk idc imo imho asap fyi lol lmao omg wtf smh tbh ngl brb afaik irl dm rn gonna wanna gotta gimme lemme dunno kinda sorta cuz coz bc b4 gr8 l8r 2day 2moro tmrw tmr msg txt ppl acct acc amt appt bal info govt dept wknd yr yrs mins hrs w/ w/o wud cud shud wat wut dat dis da nah yea yep ya yall y'all ain't bro dude fam lit sus yo yolo fr bruh deets def legit".split(
    ' ',
  ),
);

/** Words by which a language is known, of languages often mixed into others. */
const functionWords: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    Spanish:
      'el los las una por favor para con pero cómo como qué porque dónde cuándo quiero puedo necesito mi cuenta gracias muy también esto ese esta donde hola tengo hacer está ahora',
    French:
      "le les des une pour avec mais comment je vous mon ma est pas dans sur quoi où merci aussi très c'est s'il plaît bonjour veux peux quel quelle combien",
    German:
      'der die das und ich nicht ein eine ist mit für auf wie bitte danke kann mein meine wo wann wir sie auch noch möchte habe',
    Italian:
      'il gli della che per con come posso mio mia grazie sono dove quando perché anche questo questa vorrei quanto',
    Portuguese:
      'os uma para com mas como por favor meu minha obrigado onde quando também isso está não você quero preciso',
    Dutch: 'het een van en ik niet met voor hoe mijn alstublieft waar wanneer ook deze kan',
    Hindi: 'hai kya mera meri mujhe kaise nahi aur mein karo chahiye ko ka ki ke hain kab kahan',
    Tagalog: 'ang ng sa ko po paano gusto ano kailan saan hindi naman ito mga',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** Abbreviations and slang that the traffic hardly uses. */
export function detectSlang(text: string, profile: CorpusProfile): Finding | null {
  const found = [...new Set(spokenWords(text))].filter((word) => slang.has(word) && rare(word, profile));
  return found.length === 0
    ? null
    : {
        kind: 'slang',
        strength: Math.min(1, 0.6 + 0.15 * found.length),
        reason: `has abbreviations or slang rare in the traffic: ${found.slice(0, 4).map(quote).join(', ')}`,
      };
}

/**
 * Another language mixed in: words in a script that the traffic does not use, or several form words of one foreign
 * language.
 */
export function detectCodeSwitching(text: string, profile: CorpusProfile): Finding | null {
  if (profile.texts < 100) return null;
  const words = spokenWords(text);
  const foreign = words.filter(
    (word) => /^\p{L}/u.test(word) && rare(word, profile) && profile.characters.isForeign(word),
  );
  if (foreign.length > 0 && foreign.join('').length >= 2) {
    return {
      kind: 'code-switching',
      strength: 0.9,
      reason: `has ${percent(foreign.length / words.length, 0)} of its words in a script foreign to the traffic: ${quote(foreign.join(' '))}`,
    };
  }
  for (const [language, forms] of functionWords) {
    const found = [...new Set(words)].filter((word) => forms.has(word) && rare(word, profile));
    if (found.length >= 3 || (found.length === 2 && words.length <= 12)) {
      return {
        kind: 'code-switching',
        strength: 0.8,
        reason: `has words of ${language}: ${found.slice(0, 4).map(quote).join(', ')}`,
      };
    }
  }
  return null;
}

function rare(word: string, profile: CorpusProfile): boolean {
  return (profile.documentFrequency.get(word) ?? 0) <= Math.max(3, 0.005 * profile.texts);
}
