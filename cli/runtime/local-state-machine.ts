import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import type { StateHandler } from '../../shared/loop/engine/run-state.ts';
import type { Orchestrator, StateWatcher } from '../../shared/ports/orchestrator.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { itemOf } from './item-of.ts';
import { readMachineFile } from './machine-file.ts';
import { MapSizes } from './map-sizes.ts';
import { RetriesLeft } from './retries-left.ts';
import { retryRules } from './retry-rules.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

/**
 * The state machine's definition with a stand-in for each function's name: on a laptop state names are mapped to
 * stages.
 */
async function readDefinition(): Promise<Definition> {
  const text = await readMachineFile();
  return JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
}

/** A long stage returns to the machine this often, as it would from a function. */
const sliceMs = 10 * 60_000;

/** A fault of the machine itself, which no step has thrown. */
class ExecutionFault extends Error {
  override readonly name = 'ExecutionFault';
}

/**
 * An error as the machine takes it: its name to match on, and as the cause a JSON text, as a Lambda function gives it.
 */
export function causeFor(error: unknown): { readonly error: string; readonly cause: string } {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const mend = error instanceof RatchetError ? { mend: error.mend } : {};
  return { error: name, cause: JSON.stringify({ errorMessage: message, ...mend }) };
}

export interface LocalStateMachineOptions {
  /** Milliseconds to wait before a step is tried again; as the state machine says by default. */
  readonly retryWaitMs?: number;
  /** What runs each Task state; the stages by default. */
  readonly handlers?: ReadonlyMap<string, StateHandler>;
}

/** Orchestrator that interprets the very state machine file of the cloud, in this process. */
export class LocalStateMachine implements Orchestrator {
  readonly #ports: Ports;
  readonly #watcher: StateWatcher;
  readonly #options: LocalStateMachineOptions;

  constructor(ports: Ports, watcher: StateWatcher, options: LocalStateMachineOptions = {}) {
    this.#ports = ports;
    this.#watcher = watcher;
    this.#options = options;
  }

  async execute(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const definition = await readDefinition();
    const { retryWaitMs, handlers = stateHandlers } = this.#options;
    const steps = new Steps(
      handlers,
      this.#ports,
      this.#watcher,
      new RetriesLeft(retryRules(definition)),
      new MapSizes(definition),
    );
    const states = [...handlers.keys()];
    const execution = new StateMachine(definition).run(input as Parameters<StateMachine['run']>[0], {
      context: {
        Execution: { Id: name, Input: input as never, StartTime: new Date(this.#ports.clock.now()).toISOString() },
      },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          states.map((state) => [state, (stateInput: unknown) => steps.run(state, stateInput)]),
        ) as never,
        ...(retryWaitMs !== undefined && {
          retryIntervalOverrides: Object.fromEntries(states.map((state) => [state, retryWaitMs])),
        }),
      },
    });
    try {
      return await execution.result;
    } catch (error) {
      steps.end();
      throw steps.errorBehind(error);
    }
  }
}

/** The steps of one execution: what they threw, and how often. */
class Steps {
  readonly #handlers: ReadonlyMap<string, StateHandler>;
  readonly #ports: Ports;
  readonly #watcher: StateWatcher;
  readonly #retries: RetriesLeft;
  readonly #sizes: MapSizes;
  /** By the cause that the machine is told. */
  readonly #thrown = new Map<string, unknown>();
  /**
   * Steps that have started and not ended, each with what it counts its progress in; a long stage is called many times
   * meanwhile.
   */
  readonly #underWay = new Map<string, string>();
  #ended = false;

  constructor(
    handlers: ReadonlyMap<string, StateHandler>,
    ports: Ports,
    watcher: StateWatcher,
    retries: RetriesLeft,
    sizes: MapSizes,
  ) {
    this.#handlers = handlers;
    this.#ports = ports;
    this.#watcher = watcher;
    this.#retries = retries;
    this.#sizes = sizes;
  }

  async run(state: string, input: unknown): Promise<unknown> {
    const handler = this.#handlers.get(state);
    if (handler === undefined) throw new Error(`no stage for state ${state}`);
    if (this.#ended) throw new ExecutionFault(`The execution has ended, so ${state} is not begun.`);
    const item = itemOf(input);
    const step = `${state} ${item}`;
    if (!this.#underWay.has(step)) this.#watcher.stateStarted(state, item, this.#sizes.of(state));
    this.#underWay.set(step, this.#underWay.get(step) ?? 'steps');
    const observer = {
      progress: (done: number, total: number, unit: string) => {
        this.#underWay.set(step, unit);
        this.#watcher.stateProgress(state, item, done, total, unit);
      },
      note: (message: string) => this.#ports.observer.note(message),
    };
    try {
      const deadline = this.#ports.clock.now() + sliceMs;
      const { output, result, passedOver, working } = await handler(input, { ...this.#ports, observer }, deadline);
      this.#retries.finished(state, item);
      if (working !== null) {
        this.#watcher.stateProgress(state, item, working.done, working.total, this.#underWay.get(step) ?? 'steps');
        return output;
      }
      this.#underWay.delete(step);
      this.#sizes.finished(state, result);
      this.#watcher.stateFinished(state, item, result, passedOver);
      return output;
    } catch (error) {
      this.#underWay.delete(step);
      const left = this.#retries.failed(state, item, error instanceof Error ? error.name : '');
      this.#watcher.stateFailed(state, item, error, left);
      throw this.#forMachine(error);
    }
  }

  /** From now on nothing is begun: what works side by side with a step that failed must not go on to its next one. */
  end(): void {
    this.#ended = true;
  }

  /** What a step threw, by what the machine made of it. */
  errorBehind(error: unknown): unknown {
    if (!(error instanceof ExecutionError)) return error;
    const told = error.cause instanceof Error ? error.cause.message : error.message;
    return this.#thrown.get(told) ?? new ExecutionFault(told, { cause: error });
  }

  #forMachine(thrown: unknown): Error {
    const { error, cause } = causeFor(thrown);
    this.#thrown.set(cause, thrown);
    return Object.assign(new Error(cause, { cause: thrown }), { name: error });
  }
}
