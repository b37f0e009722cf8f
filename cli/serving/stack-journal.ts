import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { TraceJournal } from '../../shared/ports/trace-journal.ts';
import type { StackPlace } from '../stack/stack-place.ts';

/**
 * Where a server on this machine keeps what it answers with the models of a stack: the stack itself moves it into its
 * log, within a minute.
 * @throws RatchetError InvalidInput where nothing would move it
 */
export function stackJournal({ name, journal, servingUrl }: StackPlace): TraceJournal {
  if (journal !== null && servingUrl !== undefined) return journal;
  throw new RatchetError(
    'InvalidInput',
    `Stack ${name} was deployed without serving: nothing would move the answers into its log.`,
    {
      mend: 'Serve without keeping them (--no-record), or deploy the stack with serving: docs/deploy.md.',
    },
  );
}
