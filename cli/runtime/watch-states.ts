import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import type { ProgressUi } from '../progress.ts';

/** Shows states to people: one line a stage and Map item. */
export function watchStates(ui: ProgressUi): StateWatcher {
  const name = (state: string, item: string) => (item === 'all' ? state : `${state} ${item}`);
  return {
    stateStarted(state, item) {
      ui.stageStarted(name(state, item));
    },
    stateProgress(state, item, done, total, unit) {
      ui.stageProgress(name(state, item), done, total, unit);
    },
    stateFinished(state, item, output, passedOver) {
      if (passedOver) ui.stagePassedOver(name(state, item));
      else ui.stageFinished(name(state, item), summarise(output));
    },
    stateFailed(state, item, error, retriesLeft) {
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const again = retriesLeft === 1 ? 'once' : `${retriesLeft} times`;
      ui.stageFailed(
        name(state, item),
        retriesLeft === 0 ? message : `${message} It is tried again in a few seconds, ${again} at most.`,
      );
    },
  };
}

/** The counts and verdicts of a stage's output: its keys and ids are for machines. */
function summarise(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  return Object.entries(output)
    .flatMap(([field, value]) => {
      if (typeof value === 'number') return [`${words(field)} ${Number.isInteger(value) ? value : value.toFixed(4)}`];
      if (
        ['verdict', 'outcome', 'next', 'move', 'decision'].includes(field) &&
        typeof value === 'string' &&
        value !== ''
      )
        return [`${words(field)} ${value}`];
      return [];
    })
    .join(', ');
}

function words(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
