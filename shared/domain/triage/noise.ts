import { percent } from '../base/wording.ts';
import { casingOf } from './casing.ts';
import { type CorpusProfile, endsClosed } from './corpus-profile.ts';
import { type Finding, quote } from './finding.ts';
import { htmlElements } from './html-elements.ts';
import { asRead, looksLatin } from './normalise.ts';
import { wordsOf } from './readable.ts';

/** Fewer distinct inputs than this do not show what is usual. */
const enoughTexts = 100;

/** Capitals throughout or inside words, where the traffic has hardly any. */
export function detectCasing(text: string, profile: CorpusProfile): Finding | null {
  if (profile.texts < enoughTexts) return null;
  const casing = casingOf(text);
  const share = profile.casing.get(casing) ?? 0;
  if ((casing !== 'upper' && casing !== 'mixed') || share >= 0.05) return null;
  // A word or two in capitals may be codes and names.
  if (casing === 'upper' && wordsOf(text).filter((word) => /^\p{L}{2,}$/u.test(word)).length < 3) return null;
  return {
    kind: 'casing',
    strength: 1 - share,
    reason: `is in ${casing} case, as only ${percent(share, 0)} of the traffic`,
  };
}

/** Heaps of marks: the same closing mark three times or more, or marks of all kinds in a row. */
export function detectPunctuation(text: string): Finding | null {
  const heap = /([!?,;:])\1{2,}|\.{4,}|[!?]{3,}|(?:[!?.,;:] ?){5,}/u.exec(text);
  if (heap !== null) return { kind: 'punctuation', strength: 0.9, reason: `has a heap of marks: ${quote(heap[0])}` };
  const words = wordsOf(text).length;
  const marks = text.match(/[!?.,;:](?=[\s!?.,;:]|$)/gu)?.length ?? 0;
  return words >= 4 && marks / words > 0.8
    ? { kind: 'punctuation', strength: 0.9, reason: `has ${marks} marks on ${words} words` }
    : null;
}

const htmlRemnant = new RegExp(
  `</?(?:${htmlElements})(?:\\s[^<>]{0,200})?/?>|&(?:nbsp|amp|lt|gt|quot|apos|#\\d{2,5}|#x[0-9a-f]{2,4});`,
  'i',
);

/** Tags or character entities left over from a web page. */
export function detectHtml(text: string): Finding | null {
  const tag = htmlRemnant.exec(text);
  return tag === null ? null : { kind: 'html', strength: 0.95, reason: `has a remnant of HTML: ${quote(tag[0])}` };
}

const leadIn =
  /^(?:(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)|dear|howdy)\b[^,.!?]{0,30}[,.!?]+ *|(?:hi|hello|hey|hiya|greetings|good (?:morning|afternoon|evening|day)) +(?:there|team|all|everyone|support|sir|madam|assistant|friend|folks)\b[,.! ]*|i hope (?:this|you|all|that)[^.,!]{0,60}[.,!] *|(?:sorry|apologies|excuse me|pardon)(?: to (?:bother|bug|disturb|trouble) you| for (?:bothering|the)[^,.]{0,30})?[^.,!]{0,20}[,.!] *|(?:so|ok|okay|well|alright|right|um|uh|uhm|hmm|basically|anyway|look|listen)(?: (?:so|um|uh|basically|like|then|anyway|i mean))*[,.]+ *|(?:just )?(?:a )?quick question[:,. -]+|(?:i have|i've got|got|here is|here's|this is) (?:a|my|one)? ?(?:quick |small |simple )?(?:question|request|query)[:,. -]+(?:for you[:,. -]*)?|thanks? (?:you )?(?:so much )?(?:in advance|for (?:your|taking|reading))[^.,!]{0,40}[.,!] *|(?:i was|i'm|i am|was) (?:just )?(?:wondering|curious)[,: ]+(?:if|whether) you (?:could|can)[^.,]{0,20}(?:help|assist|tell)|(?:please )?(?:answer|consider|read|help (?:me )?with) (?:the following|this)[^:.]{0,30}[:.]|(?:question|user|customer|query|request|q|input) ?: )+/;

/** A greeting or a lead-in before the request. */
export function detectPreamble(text: string): Finding | null {
  const read = asRead(text);
  const match = leadIn.exec(read);
  if (match === null || match[0].length >= read.length) return null;
  // A greeting alone is ordinary.
  const pieces = match[0].match(/[,.!?:]+/g)?.length ?? 0;
  const isGreeting =
    pieces < 2 && match[0].trim().split(' ').length < 4 && !/question|request|query|following/.test(match[0]);
  if (isGreeting) return null;
  return { kind: 'preamble', strength: 0.85, reason: `begins with a lead-in: ${quote(match[0].trim())}` };
}

const formatWords =
  /\b(?:(?:answer|respond|reply|return|output|give|write|format|present|provide|explain|summari[sz]e|list|show)\b[^.?!]{0,40}\b(?:in|as|using|with)(?: (?:a|an|the|valid|plain|strict|only|proper))* (?:json|yaml|xml|csv|markdown|html|bullet(?:ed)?(?: points?| list)?|numbered list|bullets|table|one word|a single word|one sentence|two sentences|(?:under|less than|at most|no more than|fewer than|exactly) \d+ (?:words|characters|sentences)|\d+ (?:words|characters|sentences)(?: or less| or fewer)?|plain text|all caps|(?:a )?haiku|rhyme)\b|(?:in|as) (?:json|bullet points|markdown) (?:format|form|please)|(?:keep|make) (?:it|the answer|your answer|this|your response) (?:short|brief|concise|simple|under \d+)|(?:no|without) (?:explanations?|preamble|extra text)\b|step by step\b.{0,10}$|(?:yes|no) or (?:no|yes)(?: only)?[.!? ]*$|one[- ]word answer|in (?:one|two|a few|\d+) (?:words?|sentences?)\b|(?:json|bullet points|markdown) (?:format|only|please))/;

/** Wishes about the form of the answer, which a classifier has no use for. */
export function detectFormatRequest(text: string): Finding | null {
  const match = formatWords.exec(asRead(text));
  return match === null
    ? null
    : { kind: 'format-request', strength: 0.85, reason: `asks for a form of answer: ${quote(match[0])}` };
}

/**
 * Cut off: the last word is the beginning of a common one, is no word of the traffic and ends as none does, or it is one
 * that never ends a text here.
 */
export function detectTruncation(
  text: string,
  profile: CorpusProfile,
  vocabulary: { completions(word: string): string | null },
): Finding | null {
  if (profile.texts < enoughTexts || endsClosed(text)) return null;
  const words = wordsOf(text);
  const last = words.at(-1);
  if (last === undefined || words.length < 3) return null;
  if (/-\s*$/.test(text) && profile.closedEnds > 0.5)
    return { kind: 'truncation', strength: 0.8, reason: 'ends in mid-sentence' };
  const frequency = profile.documentFrequency.get(last) ?? 0;
  const ends = profile.lastWords.get(last) ?? 0;
  if (frequency >= 100 && ends / frequency < 0.003) {
    return {
      kind: 'truncation',
      strength: 0.8,
      reason: `ends with ${quote(last)}, as ${ends} of ${frequency} texts with that word`,
    };
  }
  if (frequency <= 1 && last.length >= 2 && !/\p{N}/u.test(last) && profile.characters.endsOddly(last)) {
    const whole = vocabulary.completions(last);
    if (whole !== null)
      return { kind: 'truncation', strength: 0.75, reason: `ends in ${quote(last)}, the beginning of ${quote(whole)}` };
  }
  return null;
}

/** The text, or most of it, stands there twice. */
export function detectDuplication(text: string): Finding | null {
  const words = wordsOf(text);
  // Few words over and over are laughter, or a number.
  if (new Set(words).size < 3) return null;
  for (let period = Math.floor(words.length / 2); period >= 3; period -= 1) {
    if (words.length % period > 2 || words.length > 400) continue;
    let same = 0;
    for (let at = period; at < words.length; at += 1) if (words[at] === words[at - period]) same += 1;
    if (same >= 0.9 * (words.length - period)) {
      return {
        kind: 'duplication',
        strength: 0.95,
        reason: `repeats ${period} words ${Math.floor(words.length / period)} times`,
      };
    }
  }
  const sentences = text
    .split(/[.!?\n。！？]+/u)
    .map((part) => wordsOf(part).join(' '))
    .filter((part) => part.length > 0);
  const seen = new Set<string>();
  const twice = sentences.find((part) => {
    const isAgain = seen.has(part) && part.split(' ').length >= 4;
    seen.add(part);
    return isAgain;
  });
  if (twice === undefined || twice.split(' ').length * 2 < words.length * 0.6) return null;
  return { kind: 'duplication', strength: 0.9, reason: `repeats a sentence: ${quote(twice)}` };
}

/**
 * Bytes gone wrong: replacement characters, UTF-8 read as Latin-1, control or invisible characters, letters of two
 * scripts in a word.
 */
export function detectEncoding(text: string): Finding | null {
  const wrong =
    /\ufffd+|Ã[\u0080-\u00bf©¨ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿]|â€[\u0080-\u00bf™œ\u009d“”¦¢]?|Â[\u00a0-\u00bf]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\u2060\ufeff]|(?<![\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}\s])\u200b|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}/u.exec(
      text,
    );
  if (wrong !== null)
    return {
      kind: 'encoding',
      strength: 0.95,
      reason: `has characters gone wrong: ${quote(escapeInvisible(wrong[0]))}`,
    };
  const mixed = text.match(/[a-z\u0370-\u03ff\u0400-\u04ff]+/giu)?.find(isDisguised);
  return mixed === undefined
    ? null
    : { kind: 'encoding', strength: 0.9, reason: `mixes scripts inside a word: ${quote(mixed)}` };
}

/** Whether a word of Latin letters has some of other scripts that look the same; "SMSки" is a word of two scripts. */
function isDisguised(word: string): boolean {
  const others = [...word.toLowerCase()].filter((letter) => letter >= '\u0370');
  return others.length > 0 && others.length < word.length && others.every(looksLatin);
}

function escapeInvisible(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f\u00ad\u200b\u2060\ufeff]/gu,
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

const metadata =
  /\b(?:(?:dataset|split|benchmark|example[_ ]?id|sample[_ ]?id|task[_ ]?id|qid|gold(?:[_ ]label)?|ground[_ ]truth) ?[:=]|intent ?[:=]|(?:difficulty|source|category)=) ?[\w./-]*|(?<!#)#{2,3} ?(?:Input|Label):|\bsource: [\w./-]{1,60}\.jsonl?\b|\[(?:train|test|dev|val(?:idation)?|eval)(?:[-_ :#]\w+(?:[- :#]\w+)*)?\]|\b(?:clinc150|banking77|mmlu|gsm8k|squad[-_ ]?v?\d|arc-(?:easy|challenge)|hellaswag|triviaqa|humaneval|xsum|samsum)\b[-_/#: ]*\w*/i;

/** A benchmark's own fields in the text. */
export function detectMetadata(text: string): Finding | null {
  const match = metadata.exec(text);
  return match === null
    ? null
    : { kind: 'benchmark-metadata', strength: 0.8, reason: `has a field of a data set: ${quote(match[0])}` };
}

/** Far longer than the traffic's texts. */
export function detectLength(text: string, profile: CorpusProfile): Finding | null {
  if (profile.texts < enoughTexts) return null;
  const count = wordsOf(text).length;
  const limit = Math.max(2 * profile.length.p95, 3 * profile.length.median);
  if (count <= limit) return null;
  return { kind: 'very-long', strength: 0.8, reason: `has ${count} words, against a usual ${profile.length.median}` };
}
