import { between, changeTokens, type Edit, pick, someOf } from './edit.ts';
import { around, joined, kept, put, replacedAll, wordsOf } from './edited.ts';
import { tokensOf } from './tokens.ts';

const openings = ['hi', 'hello there', 'hey', 'good morning', 'dear assistant', 'greetings', 'hi team', 'yo'];
// biome-ignore format: a table
const reasons = [
  'i hope you are doing well', 'sorry to bother you', 'i have been meaning to ask', 'my wife told me to write here',
  'just a short one today', 'this has been on my mind all day', 'i am new to this', 'not sure whether this is the place',
  'a friend said you could help', 'i am in a bit of a hurry', 'long time user, first time asking', 'so i was thinking',
];
// biome-ignore format: a table
const leads = ['here goes:', 'my question is this:', 'so,', 'anyway,', 'could you help?', 'well,', 'ok so', '-', 'what i need is this:'];

/** A greeting and talk before the request. */
export const preamble: Edit = (text, random) =>
  around(
    text,
    `${pick(openings, random)}, ${random.below(4) === 0 ? '' : `${pick(reasons, random)}. `}${pick(leads, random)} `,
  );

// biome-ignore format: a table
const forms = [
  'answer in one word', 'reply as json', 'respond only with yes or no', 'give it to me as a bulleted list', 'in under 20 words',
  'use markdown', 'format your answer as a table', 'keep it short', 'explain it like i am five', 'no explanation, just the answer',
  'in all caps please', 'output valid xml', 'write the answer as a haiku', 'return a python dict', 'two sentences at most', 'think step by step',
];

/** Asks for a form of answer that the model cannot give. */
export const formatRequest: Edit = (text, random) =>
  random.below(4) === 0
    ? around(text, `(${pick(forms, random)}) `)
    : around(text, '', `${pick(['. ', ', ', ' - ', ' '], random)}${pick(forms, random)}`);

/** Cut off, in the middle of a word more often than not; at least half is left. */
export const truncation: Edit = (text, random) => {
  const keep = Math.ceil(text.length * (0.6 + 0.3 * random.next()));
  const cut = text.slice(0, keep).trimEnd();
  return cut.length >= text.length || tokensOf(cut).length === 0 ? null : [kept(text, 0, cut.length)];
};

/** What a web page leaves behind. */
export const htmlRemnants: Edit = (text, random) => {
  switch (random.below(5)) {
    case 0:
      return around(text, '<p>', '</p>');
    case 1:
      return joined(wordsOf(text), '&nbsp;');
    case 2:
      return around(text, '<div class="msg"><span>', '</span><br/></div>');
    case 3:
      return around(text, '', '<br><br>&lt;sent from my phone&gt;');
    default: {
      const [first, ...rest] = wordsOf(text);
      const bold = first === undefined ? [] : [first];
      return [put('<b>'), ...bold, put('</b> '), ...joined(rest), put('&amp;nbsp;')];
    }
  }
};

/** Said twice, whole or in part. */
export const innerDuplication: Edit = (text, random) => {
  const tokens = wordsOf(text);
  if (tokens.length === 0) return null;
  if (random.below(2) === 0 || tokens.length < 4) return joined([kept(text), kept(text)]);
  const from = random.below(tokens.length - 2);
  const to = from + between(2, Math.min(5, tokens.length - from), random);
  return joined([...tokens.slice(0, to), ...tokens.slice(from, to), ...tokens.slice(to)]);
};

// biome-ignore format: a table
const ramblings = [
  'it has been a very long day and i only just sat down', 'my phone battery is nearly empty so bear with me',
  'the kids are making noise in the next room', 'i tried to look this up myself but gave up after a while',
  'my neighbour says these things never work but i like them', 'it rained the whole weekend and we stayed in',
  'i wrote this down on a note and then lost the note', 'last year this was all much easier if you ask me',
  'anyway that is not the point', 'i will keep this brief though i never manage to', 'where was i',
  'you would not believe how often this happens to me', 'my brother always laughs about it',
  'i do not type fast so excuse the mess', 'the coffee here is terrible by the way', 'let me start from the beginning',
];

/** Padded with talk to more than twice the usual length. */
export const veryLong: Edit = (text, random, { medianWords }) => {
  const wanted = Math.min(400, 2 * medianWords + 1 + tokensOf(text).length);
  const before: string[] = [];
  const after: string[] = [];
  const order = random.shuffle(ramblings);
  for (let at = 0; tokensOf([...before, text, ...after].join(' ')).length <= wanted; at += 1) {
    (random.below(2) === 0 ? before : after).push(`${order[at % order.length]},`);
  }
  return joined([...before.map(put), kept(text), ...after.map(put)]);
};

// biome-ignore format: a table
const misread: readonly (readonly [RegExp, string])[] = [
  [/l/, '1'], [/o/, '0'], [/rn/, 'm'], [/m/, 'rn'], [/cl/, 'd'], [/e/, 'c'], [/s/, '5'], [/i/, '|'], [/h/, 'b'], [/vv|w/, 'vv'], [/g/, '9'], [/t/, 'f'],
];

/** Letters taken for others, as a scanner does. */
export const ocrConfusion: Edit = (text, random) =>
  changeTokens(text, someOf(text, 0.35), random, (token) => {
    const [pattern, seen] = random.shuffle(misread).find(([each]) => each.test(token)) ?? [];
    return pattern === undefined || seen === undefined ? null : token.replace(pattern, seen);
  });

/** Bytes gone wrong: read in another encoding, lost, or invisible. */
export const encodingAnomaly: Edit = (text, random) => {
  const at = random.below(text.length + 1);
  const insert = (characters: string) => [kept(text, 0, at), put(characters), kept(text, at)];
  switch (random.below(5)) {
    case 0:
      return insert('\ufffd\ufffd');
    case 1:
      return /['’]/.test(text) ? replacedAll(text, /['’]/g, 'â€™') : insert('Ã©');
    case 2:
      return insert('\u200b\u200b');
    case 3:
      return changeTokens(text, 2, random, (token) =>
        token.replaceAll('a', '\u0430').replaceAll('o', '\u043e').replaceAll('e', '\u0435'),
      );
    default:
      return joined(wordsOf(text), 'Â\u00a0');
  }
};

/** Fields of a data set beside the text; never its label. */
export const leakedMetadata: Edit = (text, random) => {
  const id = between(100, 99_999, random);
  return pick(
    [
      around(text, `[split: test] [id: ${id}] `),
      around(text, `example_id=${id} `),
      around(text, `Q${id}. `),
      around(text, '', ` ||| source: dev.jsonl line ${id}`),
      around(text, '### Input:\n', '\n### Label:'),
      around(text, 'utterance: ', ` | annotator: ${id % 17}`),
    ],
    random,
  );
};
