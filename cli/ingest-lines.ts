import { shellArgument } from '../shared/domain/base/quoted.ts';
import { plural } from '../shared/domain/base/wording.ts';
import type { IngestResult } from '../shared/intake/ingest-result.ts';
import { printableLine } from './printable.ts';
import { sampleLines } from './sample-lines.ts';

const mostOutputs = 10;

/** What an ingest tells a person. @param paths of the quarantined lines */
export function ingestLines(model: string, result: IngestResult, paths: readonly string[], dryRun: boolean): string[] {
  const { ingested, judgements, alreadyKnown, erased, quarantined, parked, disputed, cleared } = result;
  const traces = plural(ingested, 'new trace');
  return [
    `${dryRun ? 'Nothing was written. It would be: ' : ''}${traces}, ${plural(judgements, 'new judgement')}; ${plural(alreadyKnown, 'line')} of known traces.`,
    ...(erased === 0
      ? []
      : [`${plural(erased, 'line')} of ${erased === 1 ? 'an erased trace' : 'erased traces'} passed over.`]),
    ...(parked === 0 ? [] : [`${plural(parked, 'judgement')} of traces not here yet: they count once those come.`]),
    ...heldLines(model, result),
    ...(disputed === 0
      ? []
      : [
          `${plural(disputed, 'trace')} about which people disagree: they neither train nor decide until a majority agrees.`,
        ]),
    ...result.passedOver.map(({ text, count }) => `Passed over: ${printableLine(text)} (${count}).`),
    ...result.notes.map(({ text, count }) => `Note: ${printableLine(text, 300)} (${count}).`),
    ...(result.unreadable === 0 ? [] : [`${plural(result.unreadable, 'file')} could not be read.`]),
    ...(quarantined === 0
      ? []
      : [`${plural(quarantined, 'bad line')}${dryRun ? '' : ` in quarantine: ${paths.join(', ')}`}.`]),
    ...(cleared === 0 ? [] : [`${plural(cleared, 'earlier bad line')} left quarantine: they have come in.`]),
    ...result.samples.flatMap(sampleLines),
  ];
}

function heldLines(model: string, { held, unknownOutputs }: IngestResult): string[] {
  const [first] = unknownOutputs;
  if (held === 0 || first === undefined) return [];
  const named = unknownOutputs.slice(0, mostOutputs).map(({ output, judgements, nearest }) => {
    const like = nearest === null ? '' : `, perhaps ${inQuotes(nearest)}`;
    return `${inQuotes(output)} (${judgements}${like})`;
  });
  const more = unknownOutputs.length - named.length;
  const known = unknownOutputs.find(({ nearest }) => nearest !== null);
  const labels = `ratchet labels ${model}`;
  const spelt =
    known === undefined || known.nearest === null
      ? ''
      : `, ${labels} merge ${shellArgument(known.output)} --into ${shellArgument(known.nearest)} for another spelling of a known one`;
  const add = `${labels} add ${shellArgument(first.output)}`;
  return [
    `${plural(held, 'judgement')} held, as they name what the model does not know: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
    `They count once it does: ${add} for a new one${spelt}, ${labels} rename OLD NEW where a known one has a new name.`,
  ];
}

/** In quotes, with what does not show escaped once. */
function inQuotes(text: string): string {
  return printableLine(JSON.stringify(text.length > 80 ? `${text.slice(0, 79).toWellFormed()}…` : text), 200);
}
