import { shellArgument } from '../shared/domain/base/quoted.ts';
import { plural } from '../shared/domain/base/wording.ts';
import type { IngestResult } from '../shared/intake/ingest-result.ts';
import { printableLine } from './printable.ts';

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
    ...result.samples.map((sample) => JSON.stringify(sample)),
  ];
}

function heldLines(model: string, { held, unknownOutputs }: IngestResult): string[] {
  const [first] = unknownOutputs;
  if (held === 0 || first === undefined) return [];
  const named = unknownOutputs.slice(0, mostOutputs).map(({ output, judgements, nearest }) => {
    const like = nearest === null ? '' : `, perhaps ${JSON.stringify(printableLine(nearest, 80))}`;
    return `${JSON.stringify(printableLine(output, 80))} (${judgements}${like})`;
  });
  const more = unknownOutputs.length - named.length;
  const known = unknownOutputs.find(({ nearest }) => nearest !== null);
  const rename =
    known === undefined || known.nearest === null
      ? `ratchet labels ${model} rename OLD NEW`
      : `ratchet labels ${model} rename ${shellArgument(known.nearest)} ${shellArgument(known.output)}`;
  const add = `ratchet labels ${model} add ${shellArgument(first.output)}`;
  return [
    `${plural(held, 'judgement')} held, as they name what the model does not know: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`,
    `They count once it does: ${add} for a new one, ${rename} for another name of a known one.`,
  ];
}
