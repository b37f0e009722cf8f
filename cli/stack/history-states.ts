import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { readFaultText } from '../../shared/domain/base/fault-text.ts';
import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import { itemOf } from '../runtime/item-of.ts';
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
 * Tells a watcher what an execution's history says of its Task states, as the laptop's state machine tells it. Which step an
 * event belongs to is told by the chain of previous events; without one, the oldest step of that name under way is meant.
 */
export class HistoryStates {
  readonly #watcher: StateWatcher;
  readonly #retries: RetriesLeft;
  readonly #sizes: MapSizes;
  readonly #resultPaths: ReadonlyMap<string, string>;
  readonly #byEvent = new Map<number, Step>();
  readonly #underWay = new Set<Step>();

  /** @param definition the state machine's, parsed */
  constructor(definition: unknown, watcher: StateWatcher) {
    this.#watcher = watcher;
    this.#retries = new RetriesLeft(retryRules(definition));
    this.#sizes = new MapSizes(definition);
    this.#resultPaths = new Map(resultPaths(definition));
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
    this.#watcher.stateStarted(state, step.item, this.#sizes.of(state));
  }

  /** What happens while a step is under way: above all that it failed, or is tried again. */
  #inBetween(event: HistoryEvent): void {
    const step = this.#byEvent.get(event.previousEventId ?? -1);
    if (step === undefined || !/^(LambdaFunction|Task)/.test(event.type ?? '')) return;
    if (event.id !== undefined) this.#byEvent.set(event.id, step);
    const failure = failureOf(event);
    if (failure !== undefined) {
      step.failed = true;
      const left = this.#retries.failed(step.state, step.item, failure.name);
      this.#watcher.stateFailed(step.state, step.item, failure, left);
    } else if (step.failed) {
      step.failed = false;
      this.#watcher.stateStarted(step.state, step.item, this.#sizes.of(step.state));
    }
  }

  #exit({ previousEventId }: HistoryEvent, state: string, output: unknown): void {
    const step =
      this.#byEvent.get(previousEventId ?? -1) ?? [...this.#underWay].find((candidate) => candidate.state === state);
    if (step === undefined) return;
    this.#underWay.delete(step);
    this.#retries.finished(state, step.item);
    const result = at(this.#resultPaths.get(state) ?? '$', output);
    this.#sizes.finished(state, result);
    this.#watcher.stateFinished(state, step.item, result, false);
  }
}

const machineSchema = z.object({ States: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** The `ResultPath` of each state that has one, those within Maps and Parallels too. */
function* resultPaths(definition: unknown): Generator<[string, string]> {
  for (const [name, { ResultPath, ItemProcessor, Branches }] of Object.entries(
    machineSchema.parse(definition).States,
  )) {
    if (typeof ResultPath === 'string') yield [name, ResultPath];
    if (ItemProcessor !== undefined) yield* resultPaths(ItemProcessor);
    for (const branch of Array.isArray(Branches) ? Branches : []) yield* resultPaths(branch);
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
