import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { readFaultText } from '../../shared/domain/base/fault-text.ts';
import { workSchema } from '../../shared/loop/state/work.ts';
import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import { itemOf } from '../runtime/item-of.ts';
import { type MachineState, machineStates, outputPaths } from '../runtime/machine-states.ts';
import { MapSizes } from '../runtime/map-sizes.ts';
import { RetriesLeft } from '../runtime/retries-left.ts';
import { retryRules } from '../runtime/retry-rules.ts';

/** A step under way. */
interface Step {
  readonly state: string;
  readonly item: string;
  failed: boolean;
}

/**
 * Tells a watcher what an execution's history says of its Task states, as the laptop's state machine tells it. Which
 * step an event belongs to is told by the chain of previous events; without one, the oldest step of that name under way
 * is meant.
 */
export class HistoryStates {
  readonly #watcher: StateWatcher;
  readonly #retries: RetriesLeft;
  readonly #sizes: MapSizes;
  readonly #states: ReadonlyMap<string, MachineState>;
  /** Steps that have started and not ended; a long stage is entered many times meanwhile. */
  readonly #started = new Set<string>();
  readonly #byEvent = new Map<number, Step>();
  readonly #underWay = new Set<Step>();

  /** @param definition the state machine's, parsed */
  constructor(definition: unknown, watcher: StateWatcher) {
    this.#watcher = watcher;
    this.#retries = new RetriesLeft(retryRules(definition));
    this.#sizes = new MapSizes(definition);
    this.#states = machineStates(definition);
  }

  /** Takes the events in their order, each once. */
  take(event: HistoryEvent): void {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    if (event.type === 'TaskStateEntered') this.#enter(event, entered?.name ?? '', parsed(entered?.input));
    else if (event.type === 'TaskStateExited') this.#exit(event, exited?.name ?? '', parsed(exited?.output));
    else this.#inBetween(event);
  }

  #enter({ id }: HistoryEvent, state: string, input: unknown): void {
    const step: Step = { state, item: itemOf(input), failed: false };
    if (id !== undefined) this.#byEvent.set(id, step);
    this.#underWay.add(step);
    this.#start(step);
  }

  /** Tells that a step has started, once until it ends or fails. */
  #start({ state, item }: Step): void {
    const name = `${state} ${item}`;
    if (!this.#started.has(name)) this.#watcher.stateStarted(state, item, this.#sizes.of(state));
    this.#started.add(name);
  }

  /** What happens while a step is under way: above all that it failed, or is tried again. */
  #inBetween(event: HistoryEvent): void {
    const step = this.#byEvent.get(event.previousEventId ?? -1);
    if (step === undefined || !/^(LambdaFunction|Task)/.test(event.type ?? '')) return;
    if (event.id !== undefined) this.#byEvent.set(event.id, step);
    const failure = failureOf(event);
    if (failure !== undefined) {
      step.failed = true;
      this.#started.delete(`${step.state} ${step.item}`);
      const left = this.#retries.failed(step.state, step.item, failure.name);
      this.#watcher.stateFailed(step.state, step.item, failure, left);
    } else if (step.failed) {
      step.failed = false;
      this.#start(step);
    }
  }

  #exit({ previousEventId }: HistoryEvent, state: string, output: unknown): void {
    const step =
      this.#byEvent.get(previousEventId ?? -1) ?? [...this.#underWay].find((candidate) => candidate.state === state);
    if (step === undefined) return;
    this.#underWay.delete(step);
    this.#retries.finished(state, step.item);
    const paths = outputPaths(state, this.#states);
    const given = at(paths.task, output);
    const work = paths.long ? workSchema.safeParse(given) : undefined;
    if (work?.success === true && work.data.status === 'working') {
      const { done, total } = work.data.progress ?? { done: 0, total: 0 };
      this.#watcher.stateProgress(state, step.item, done, total, 'steps');
      return;
    }
    this.#started.delete(`${state} ${step.item}`);
    const result = work?.success === true ? work.data.result : given;
    this.#sizes.finished(state, result);
    this.#watcher.stateFinished(state, step.item, result, false);
  }
}

/** What lies at a path such as `$.plan` in a state's output. */
function at(path: string, output: unknown): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, field) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, field)
          ? (value as Readonly<Record<string, unknown>>)[field]
          : undefined,
      output,
    );
}

/** A state's input or output as the history has it; undefined where it is left out, for it may be cut. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const causeSchema = z.object({ errorMessage: z.string() });

function failureOf(event: HistoryEvent): Error | undefined {
  const details =
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails;
  if (details === undefined) return undefined;
  const told = causeSchema.safeParse(parsed(details.cause));
  return Object.assign(
    new Error(told.success ? readFaultText(told.data.errorMessage).message : (details.cause ?? '')),
    {
      name: details.error ?? 'States.Timeout',
    },
  );
}
