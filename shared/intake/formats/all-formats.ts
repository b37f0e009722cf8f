import type { TraceFormat } from '../../ports/trace-format.ts';
import { atifFormat } from './atif.ts';
import { bedrockFormat } from './bedrock.ts';
import { chatFormat } from './chat.ts';
import { conllFormat } from './conll.ts';
import { csvFormat, tsvFormat } from './csv.ts';
import { doccanoFormat } from './doccano.ts';
import { flywheelFormat } from './flywheel.ts';
import { jsonFormat } from './json.ts';
import { labelStudioFormat } from './label-studio.ts';
import { langfuseFormat } from './langfuse.ts';
import { langSmithFormat } from './langsmith.ts';
import { openInferenceFormat } from './openinference.ts';
import { otlpFormat } from './otlp.ts';
import { phoenixFormat } from './phoenix.ts';
import { pioneerFormat } from './pioneer.ts';
import { ratchetFormat } from './ratchet.ts';
import { spacyFormat } from './spacy.ts';
import { spacyPairsFormat } from './spacy-pairs.ts';
import { tokenListsFormat } from './token-lists.ts';

/**
 * The formats that need no package beyond this layer's, those that are surest of their content first: the first that
 * recognises a file reads it. Ratchet's own is last, since others are JSON lines too.
 */
export const allFormats: readonly TraceFormat[] = [
  otlpFormat,
  openInferenceFormat,
  phoenixFormat,
  bedrockFormat,
  atifFormat,
  langSmithFormat,
  langfuseFormat,
  labelStudioFormat,
  spacyFormat,
  spacyPairsFormat,
  doccanoFormat,
  tokenListsFormat,
  conllFormat,
  pioneerFormat,
  flywheelFormat,
  chatFormat,
  jsonFormat,
  csvFormat,
  tsvFormat,
  ratchetFormat,
];
