import { RatchetError } from '../domain/base/errors.ts';
import { plural } from '../domain/base/wording.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * The fault of asking for a champion where there is none, with the next command: where judged traces are there, the one
 * that makes the first checkpoint of them.
 */
export async function noChampion(modelId: string, { traceLog }: Pick<Ports, 'traceLog'>): Promise<RatchetError> {
  const judged = (await traceLog.history(modelId)).reduce((total, batch) => total + (batch.judged ?? 0), 0);
  const message = `Model ${modelId} has no champion yet`;
  return judged === 0
    ? new RatchetError('NoChampion', `${message}, and no judged traces to make one of.`, {
        mend: `Train it on examples: ratchet create ${modelId} --examples FILE`,
      })
    : new RatchetError(
        'NoChampion',
        `${message}. There ${judged === 1 ? 'is' : 'are'} ${plural(judged, 'judged trace')} to make one of.`,
        {
          mend: `Train it on them: ratchet create ${modelId} --from-traces`,
        },
      );
}
