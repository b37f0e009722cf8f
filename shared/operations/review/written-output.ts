import { RatchetError } from '../../domain/base/errors.ts';
import type { Output } from '../../domain/base/output.ts';
import type { TaskKind } from '../../domain/base/task-kind.ts';
import type { Model } from '../../domain/models/model.ts';

/** An output as a person wrote it. @throws RatchetError InvalidInput for one that the model does not know */
export function outputFrom(written: unknown, { task }: Model, kind: TaskKind): Output {
  if (kind.read !== undefined) {
    const read = kind.read(task, written);
    if (read.kind === 'known') return read.output;
    if (read.kind === 'unusable') {
      throw new RatchetError('InvalidInput', `What is expected cannot be used: ${read.reason}.`, {
        mend: sentence(read.mend),
      });
    }
    const nearest = read.nearest === null ? '' : ` Did you mean ${JSON.stringify(kind.show(read.nearest))}?`;
    throw new RatchetError(
      'InvalidInput',
      `The model does not know ${JSON.stringify(kind.show(read.output).slice(0, 120))}.${nearest}`,
      {
        mend: `Use one of its ${kind.words.facets}, or add it: ratchet labels MODEL add NAME.`,
      },
    );
  }
  const parsed = kind.output.safeParse(written);
  if (parsed.success) return parsed.data;
  throw new RatchetError('InvalidInput', 'What is expected is no output of the model.', {
    mend: `Write it as ${kind.words.output}.`,
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
