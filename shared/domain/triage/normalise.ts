import { readable } from './readable.ts';

/** Letters of other scripts that are drawn like Latin ones, and figures and signs used for them. */
const lookalikes: ReadonlyMap<string, string> = new Map([
  ...pairs('аеорсухіїјѕһԁԛԝӏ', 'aeopcyxiijshdqwl'),
  ...pairs('αεοριτυνκχηι', 'aeopituvkxni'),
]);
const figures: ReadonlyMap<string, string> = new Map(pairs('013457@$!|', 'oieastasii'));

function pairs(from: string, to: string): [string, string][] {
  const targets = [...to];
  return [...from].map((character, at) => [character, targets[at] ?? character]);
}

const invisible = /\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;
/** Four or more single letters with a blank between them, or three or more with signs: "i g n o r e", "a-l-l". */
const spacedOut = /(?<![\p{L}\p{N}])(?:(?:\p{L} ){3,}|(?:\p{L}[.\-_*]){2,})\p{L}(?![\p{L}\p{N}])/gu;

/** Two or more single letters with a blank between them, further apart from what is beside them: "i g n o r e   a l l". */
const spacedWord = /(?<=\s\s)(?:\p{L} )+\p{L}(?=\s\s|$)|^(?:\p{L} )+\p{L}(?=\s\s)/gu;

/** Runs of letters, figures and the signs used for letters. */
const runs = /[a-z0-9@$!|]+/g;
/** Figures and signs between two letters. */
const figuresInside = /[a-z][013457@$!|]+[a-z]/;

/** What was read last: several detectors ask for the same text, one after the other. */
let last: { readonly text: string; readonly read: string } | null = null;

/**
 * A text as a person reads it whatever the characters it is made of: compatibility forms folded (NFKC), invisible
 * characters and accents dropped, look-alike letters made Latin, letters pulled apart put together, figures inside
 * words read as letters, lower case, blanks collapsed. For pattern matching, never for training. Some characters unfold
 * into many, so the text is cut to what detectors read afterwards too. Time is linear in what is read.
 */
export function asRead(text: string): string {
  if (last?.text !== text) last = { text, read: read(readable(text)) };
  return last.read;
}

function read(text: string): string {
  // NFKC would make a blank and an accent of ´.
  const folded = readable(text.replaceAll('´', "'").normalize('NFKC'))
    .replace(invisible, '')
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  const latin = /[a-z]/.test(folded) ? replaceEach(folded, /[\u0370-\u052f]/gu, lookalikes) : folded;
  return latin
    .replace(spacedWord, (run) => run.replaceAll(' ', ''))
    .replace(spacedOut, (run) => run.replace(/[ .\-_*]/g, ''))
    .replace(runs, (run) => (figuresInside.test(run) ? replaceEach(run, /[013457@$!|]/g, figures) : run))
    .replace(/[’`]/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
}

/** Whether a letter of another script (lower case) is drawn like a Latin one. */
export function looksLatin(letter: string): boolean {
  return lookalikes.has(letter);
}

function replaceEach(text: string, pattern: RegExp, table: ReadonlyMap<string, string>): string {
  return text.replace(pattern, (character) => table.get(character) ?? character);
}
