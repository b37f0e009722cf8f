import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import type { ProgressUi } from '../progress.ts';
import { ItemProgress } from './item-progress.ts';

/**
 * Shows states to people: one line a stage. The items of a Map are counted in the line of their stage, or shown each
 * when `verbose`.
 */
export function watchStates(ui: ProgressUi, options: { readonly verbose: boolean }): StateWatcher {
  const maps = new Map<string, ItemProgress>();
  const name = (state: string, item: string) => (item === 'all' ? state : `${state} ${item}`);
  return {
    stateStarted(state, item, items) {
      const fold = !options.verbose && items !== null;
      if (!fold) {
        ui.stageStarted(name(state, item));
        return;
      }
      let map = maps.get(state);
      if (map === undefined) {
        map = new ItemProgress(items);
        maps.set(state, map);
        ui.stageStarted(state, items === 1 ? '1 item' : `${items} items`);
      }
      map.started(item);
    },
    stateProgress(state, item, done, total, unit) {
      const map = maps.get(state);
      if (map === undefined) {
        ui.stageProgress(name(state, item), done, total, unit);
      } else if (total > 0) {
        map.progressed(item, done / total);
        ui.stageProgress(state, map.done, map.total, 'items');
      }
    },
    stateFinished(state, item, output, passedOver) {
      const map = maps.get(state);
      if (map === undefined) {
        if (passedOver) ui.stagePassedOver(name(state, item));
        else ui.stageFinished(name(state, item), summarise(output));
        return;
      }
      map.finished(item, verdictOf(output), passedOver);
      if (!map.ended) ui.stageProgress(state, map.done, map.total, 'items');
      else {
        maps.delete(state);
        if (map.allPassedOver) ui.stagePassedOver(state);
        else ui.stageFinished(state, map.summary);
      }
    },
    stateFailed(state, item, error, retriesLeft) {
      maps.get(state)?.failed(item);
      const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const again = retriesLeft === 1 ? 'once' : `${retriesLeft} times`;
      ui.stageFailed(
        name(state, item),
        retriesLeft === 0 ? message : `${message} It is tried again in a few seconds, ${again} at most.`,
      );
    },
  };
}

const verdicts = ['verdict', 'outcome', 'next', 'move', 'decision'];

/** The counts and verdicts of a stage's output, also of its parts: its keys and ids are for machines. */
function summarise(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  return Object.entries(output)
    .flatMap(([field, value]) => (isPart(value) ? Object.entries(value) : [[field, value] as const]))
    .flatMap(([field, value]) => {
      if (typeof value === 'number') return [`${words(field)} ${Number.isInteger(value) ? value : value.toFixed(4)}`];
      if (verdicts.includes(field) && typeof value === 'string' && value !== '') return [`${words(field)} ${value}`];
      return [];
    })
    .join(', ');
}

function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function verdictOf(output: unknown): string | null {
  if (typeof output !== 'object' || output === null || !('verdict' in output)) return null;
  return typeof output.verdict === 'string' ? output.verdict : null;
}

function words(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
