import { detectInjection, detectJailbreak } from './attack.ts';
import { type CorpusProfile, isEnglish } from './corpus-profile.ts';
import type { Finding } from './finding.ts';
import { detectGibberish } from './gibberish.ts';
import {
  detectCasing,
  detectDuplication,
  detectEncoding,
  detectFormatRequest,
  detectHtml,
  detectLength,
  detectMetadata,
  detectPreamble,
  detectPunctuation,
  detectTruncation,
} from './noise.ts';
import { detectOffDomain, type OutOfFold } from './off-domain.ts';
import { readable } from './readable.ts';
import { detectCodeSwitching, detectSlang } from './register.ts';
import { detectOcr, detectPhonetic, detectTypos } from './spelling.ts';
import {
  detectAssumedContext,
  detectEmpty,
  detectForeignPayload,
  detectMetaQuestion,
  detectMissingModality,
} from './text-poison.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What the text detectors measure against. */
export interface DetectorContext {
  readonly profile: CorpusProfile;
  readonly vocabulary: Vocabulary;
}

/** All signs of poison in a text, strongest first. Empty or gibberish text shows no other. */
export function findPoison(input: string, context: DetectorContext, outOfFold?: OutOfFold): Finding[] {
  const text = readable(input);
  const nothing = detectEmpty(text);
  if (nothing !== null) return [nothing];
  return strongestFirst([
    detectInjection(text),
    detectJailbreak(text),
    detectForeignPayload(text),
    detectGibberish(text, context.profile),
    ...(isEnglish(text, context.profile)
      ? [detectMetaQuestion(text), detectMissingModality(text), detectAssumedContext(text)]
      : []),
    detectOffDomain(text, context.profile, outOfFold),
  ]);
}

/** All fixable noise in a text, strongest first. */
export function findNoise(input: string, { profile, vocabulary }: DetectorContext): Finding[] {
  const text = readable(input);
  return strongestFirst([
    detectEncoding(text),
    detectHtml(text),
    detectDuplication(text),
    detectOcr(text, profile, vocabulary),
    detectCodeSwitching(text, profile),
    detectCasing(text, profile),
    detectPunctuation(text),
    detectMetadata(text),
    detectTypos(text, profile, vocabulary),
    detectTruncation(text, profile, vocabulary),
    detectLength(text, profile),
    ...(isEnglish(text, profile)
      ? [
          detectFormatRequest(text),
          detectPreamble(text),
          detectPhonetic(text, profile, vocabulary),
          detectSlang(text, profile),
        ]
      : []),
  ]);
}

function strongestFirst(findings: readonly (Finding | null)[]): Finding[] {
  return findings.filter((finding) => finding !== null).sort((a, b) => b.strength - a.strength);
}
