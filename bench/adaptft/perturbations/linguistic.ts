import type { RandomStream } from '../../../shared/ports/random.ts';
import { between, changeTokens, type Edit, pick, someOf } from './edit.ts';
import { around, characterwise, type Edited, joined, kept, type Piece, put, textOf, wordsOf } from './edited.ts';

// biome-ignore format: a table
const keyboardNeighbours: Readonly<Record<string, string>> = {
  a: 'sqwz', b: 'vghn', c: 'xdfv', d: 'serfcx', e: 'wsdr', f: 'drtgvc', g: 'ftyhbv', h: 'gyujnb', i: 'ujko',
  j: 'huikmn', k: 'jiolm', l: 'kop', m: 'njk', n: 'bhjm', o: 'iklp', p: 'ol', q: 'wa', r: 'edft', s: 'awedxz',
  t: 'rfgy', u: 'yhji', v: 'cfgb', w: 'qase', x: 'zsdc', y: 'tghu', z: 'asx',
};

/** Slips of the keyboard: letters swapped, dropped, doubled or hit beside the key, in about a sixth of the words. */
export const typos: Edit = (text, random) =>
  changeTokens(text, someOf(text, 0.17), random, (token) => {
    if (!/^\W*\p{L}{3,}/u.test(token)) return null;
    const at = between(1, token.length - 2, random);
    const letter = token[at] ?? '';
    if (!/\p{L}/u.test(letter)) return null;
    const [before, after] = [token.slice(0, at), token.slice(at + 1)];
    switch (random.below(4)) {
      case 0:
        return before + (after[0] ?? '') + letter + after.slice(1);
      case 1:
        return before + after;
      case 2:
        return before + letter + letter + after;
      default:
        return before + pick([...(keyboardNeighbours[letter.toLowerCase()] ?? 'e')], random) + after;
    }
  });

// biome-ignore format: a table
const soundAlikes: readonly (readonly [RegExp, string])[] = [
  [/tion\b/i, 'shun'], [/ph/i, 'f'], [/ough\b/i, 'o'], [/ight/i, 'ite'], [/ck/i, 'k'], [/\bkn/i, 'n'], [/\bwh/i, 'w'],
  [/c(?=[eiy])/i, 's'], [/ea/i, 'ee'], [/ee/i, 'ea'], [/ie/i, 'ei'], [/ei/i, 'ie'], [/ould/i, 'ud'], [/qu/i, 'kw'],
  [/x/i, 'ks'], [/ai/i, 'ay'], [/oo/i, 'u'], [/dge/i, 'j'], [/c(?=[aou])/i, 'k'], [/(?<=[a-z]{2})er\b/i, 'ur'],
  [/([b-df-hj-np-tv-z])\1/i, '$1'], [/(?<=[a-z]{2}[b-df-hj-np-tv-z])e\b/i, ''], [/y\b/i, 'ie'], [/s\b/i, 'z'], [/o/i, 'oh'], [/[ai]/i, 'e'],
];

/** Words written as they sound. */
export const phoneticMisspelling: Edit = (text, random) =>
  changeTokens(text, someOf(text, 0.2), random, (token) => {
    if (!/\p{L}{3,}/u.test(token)) return null;
    const [pattern, sound] = soundAlikes.find(([each]) => each.test(token)) ?? [];
    return pattern === undefined || sound === undefined ? null : token.replace(pattern, sound);
  });

/** Word order gone: some words in a row are shuffled, or the sentence is turned about. */
export const brokenSyntax: Edit = (text, random) => {
  const tokens = wordsOf(text);
  if (new Set(tokens.map((token) => token.text)).size < 2) return null;
  const span = Math.min(tokens.length, between(3, 5, random));
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const from = random.below(tokens.length - span + 1);
    const shuffled =
      random.below(3) === 0
        ? [...tokens.slice(from), ...tokens.slice(0, from)]
        : [...tokens.slice(0, from), ...random.shuffle(tokens.slice(from, from + span)), ...tokens.slice(from + span)];
    const turned = joined(shuffled);
    if (textOf(turned) !== textOf(joined(tokens))) return turned;
  }
  return joined([...tokens.slice(1), ...tokens.slice(0, 1)]);
};

// biome-ignore format: a table
const wrongForms: Readonly<Record<string, string>> = {
  a: '', an: '', the: '', to: '', of: '', is: 'are', are: 'is', am: 'is', was: 'were', were: 'was', do: 'does',
  does: 'do', did: 'does', has: 'have', have: 'has', i: 'me', "i'm": 'i is', "don't": 'no', my: 'me', much: 'many',
  many: 'much', can: 'can to', need: 'needs', want: 'wants', what: 'what is', went: 'goed', bought: 'buyed',
};

/** Errors of grammar: agreement, articles, prepositions, endings. */
export const grammar: Edit = (text, random) => {
  const wrong = changeTokens(text, between(1, 3, random), random, (token) => {
    const form = wrongForms[token.toLowerCase()];
    if (form !== undefined) return form;
    if (/^\p{L}{4,}ing$/u.test(token)) return token.slice(0, -3);
    return /^\p{L}{3,}[^s\W]$/u.test(token) ? `${token}s` : null;
  });
  if (wrong === null) return null;
  const tidy = tidied(wrong);
  return textOf(tidy) === '' || textOf(tidy) === text ? null : tidy;
};

/** One blank between words, none around them, where words may have gone. @param pieces words and what is between them */
function tidied(pieces: Edited): Edited {
  const tidy: Piece[] = [];
  let isOpen = false;
  for (const piece of pieces) {
    const isBlank = piece.text !== '' && piece.text.trim() === '';
    tidy.push(isBlank ? { ...piece, text: isOpen ? ' ' : '' } : piece);
    if (piece.text !== '') isOpen = !isBlank;
  }
  const last = tidy.findLastIndex(({ text }) => text !== '');
  return tidy.map((piece, at) => (at === last && piece.text === ' ' ? { ...piece, text: '' } : piece));
}

/** Marks in heaps, or between the words. */
export const punctuationAbuse: Edit = (text, random) => {
  const bare = kept(text, 0, text.replace(/[.?!]+\s*$/, '').length);
  switch (random.below(4)) {
    case 0:
      return [bare, put(pick(['!!!', '????', '?!?!', '!?!!', '.....', '???!!!'], random))];
    case 1:
      return [
        ...joined(wordsOf(text, bare.to), pick(['... ', ', ', '.. '], random)),
        put(pick(['...', '??', '!!'], random)),
      ];
    case 2:
      return [put(pick(['!!', '**', '>>> ', '... '], random)), bare, put(pick(['!!', '**', ' <<<', ' ...'], random))];
    default:
      return [bare, put(` ${pick([';;', '? ? ?', '! !', ',,,', ':::'], random)}`)];
  }
};

/** All capitals, capitals at every other letter, or at every word. */
export const casing: Edit = (text, random) => {
  const styles = [
    text.toUpperCase(),
    [...text].map((letter, at) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
    text.replaceAll(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()),
    [...text].map((letter) => (random.below(2) === 0 ? letter.toUpperCase() : letter.toLowerCase())).join(''),
    text.toLowerCase(),
  ].filter((style) => style !== text);
  return styles.length === 0 ? null : characterwise(text, pick(styles, random));
};

// biome-ignore format: a table
const shortForms: Readonly<Record<string, string>> = {
  you: 'u', are: 'r', your: 'ur', please: 'plz', because: 'cuz', to: '2', for: '4', what: 'wut', "what's": 'wuts',
  tomorrow: 'tmrw', thanks: 'thx', message: 'msg', people: 'ppl', about: 'abt', with: 'w/', without: 'w/o', though: 'tho',
  and: 'n', be: 'b', see: 'c', why: 'y', okay: 'k', tonight: '2nite', today: '2day', before: 'b4', know: 'kno',
  account: 'acct', number: 'no.', minutes: 'mins', information: 'info', appointment: 'appt', really: 'rly', right: 'rite',
  the: 'da', want: 'wanna', going: 'gonna', something: 'smth', someone: 'sum1', favorite: 'fave', restaurant: 'resto',
};
const slangEnds = ['lol', 'tbh', 'asap', 'fr', 'ngl', 'bro', 'imo', 'idk', 'lmk', 'pls n thx'];

/** Abbreviations and slang. */
export const slang: Edit = (text, random) => {
  const shortened = changeTokens(
    text,
    between(2, 4, random),
    random,
    (token) => shortForms[token.toLowerCase()] ?? null,
  ) ?? [kept(text)];
  return textOf(shortened) === text || random.below(3) === 0
    ? [...shortened, put(` ${pick(slangEnds, random)}`)]
    : shortened;
};

type Dictionary = Readonly<Record<string, string>>;
// biome-ignore format: a table
const spanish: Dictionary = {
  the: 'el', my: 'mi', what: 'qué', how: 'cómo', when: 'cuándo', where: 'dónde', is: 'es', are: 'son', i: 'yo', please: 'por favor',
  need: 'necesito', want: 'quiero', can: 'puedo', you: 'usted', for: 'para', with: 'con', and: 'y', to: 'a', a: 'un',
  tell: 'dime', time: 'hora', today: 'hoy', tomorrow: 'mañana', song: 'canción', book: 'libro', new: 'nuevo', of: 'de', me: 'me',
};
// biome-ignore format: a table
const french: Dictionary = {
  the: 'le', my: 'mon', what: 'quoi', how: 'comment', when: 'quand', where: 'où', is: 'est', are: 'sont', i: 'je',
  please: "s'il vous plaît", need: 'besoin', want: 'veux', can: 'peux', you: 'vous', for: 'pour', with: 'avec', and: 'et',
  to: 'à', a: 'un', tell: 'dis', time: 'heure', today: "aujourd'hui", song: 'chanson', book: 'livre', of: 'de', me: 'moi',
};
// biome-ignore format: a table
const german: Dictionary = {
  the: 'das', my: 'mein', what: 'was', how: 'wie', when: 'wann', where: 'wo', is: 'ist', are: 'sind', i: 'ich', please: 'bitte',
  need: 'brauche', want: 'will', can: 'kann', you: 'du', for: 'für', with: 'mit', and: 'und', to: 'zu', a: 'ein', tell: 'sag',
  time: 'Zeit', today: 'heute', tomorrow: 'morgen', song: 'Lied', book: 'Buch', of: 'von', me: 'mir', not: 'nicht',
};
const languages: readonly (readonly [Dictionary, readonly string[]])[] = [
  [spanish, ['oye,', 'por favor', 'gracias', 'necesito ayuda con esto:']],
  [french, ['bonjour,', "s'il te plaît", 'merci', "j'ai besoin d'aide :"]],
  [german, ['hallo,', 'bitte', 'danke', 'kurze Frage:']],
];

/** Half of the small words, and a few others, in another language. */
export const codeSwitching: Edit = (text, random) => {
  const [dictionary, phrases] = pick(languages, random);
  const switched = changeTokens(text, someOf(text, 0.4), random, (token) => dictionary[token.toLowerCase()] ?? null);
  return switched ?? withPhrase(text, pick(phrases, random), random);
};

function withPhrase(text: string, phrase: string, random: RandomStream): Edited {
  return /[,:]$/.test(phrase) || random.below(2) === 0 ? around(text, `${phrase} `) : around(text, '', ` ${phrase}`);
}
