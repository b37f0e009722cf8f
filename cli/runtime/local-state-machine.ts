import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import type { Orchestrator, StateWatcher } from '../../shared/ports/orchestrator.ts';
import { stateHandlers } from '../../shared/stages/catalogue.ts';
import type { Ports } from '../../shared/stages/ports.ts';

const definitionPath = fileURLToPath(new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url));

/** The state machine's definition with a stand-in for each function's name: on a laptop state names are mapped to stages. */
async function readDefinition(): Promise<ConstructorParameters<typeof StateMachine>[0]> {
  const text = await readFile(definitionPath, 'utf8');
  return JSON.parse(text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
}

/** The fault that ended an execution, as the machine's Fail state gave it. */
export class ExecutionFault extends Error {
  override readonly name = 'ExecutionFault';
}

/** Orchestrator that interprets the very state machine file of the cloud, in this process. */
export class LocalStateMachine implements Orchestrator {
  readonly #ports: Ports;
  readonly #watcher: StateWatcher;

  constructor(ports: Ports, watcher: StateWatcher) {
    this.#ports = ports;
    this.#watcher = watcher;
  }

  async execute(name: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const machine = new StateMachine(await readDefinition());
    const handlers = Object.fromEntries(
      [...stateHandlers.keys()].map((state) => [state, (stateInput: unknown) => this.#runState(state, stateInput)]),
    );
    const execution = machine.run(input as Parameters<StateMachine['run']>[0], {
      context: {
        Execution: { Id: name, Input: input as never, StartTime: new Date(this.#ports.clock.now()).toISOString() },
      },
      overrides: { taskResourceLocalHandlers: handlers as never },
    });
    try {
      return await execution.result;
    } catch (error) {
      if (error instanceof ExecutionError) throw new ExecutionFault(error.message, { cause: error });
      throw error;
    }
  }

  async #runState(state: string, input: unknown): Promise<unknown> {
    const handler = stateHandlers.get(state);
    if (handler === undefined) throw new Error(`no stage for state ${state}`);
    const item = itemOf(input);
    this.#watcher.stateStarted(state, item);
    const observer = {
      progress: (done: number, total: number, unit: string) =>
        this.#watcher.stateProgress(state, item, done, total, unit),
      note: (message: string) => this.#ports.observer.note(message),
    };
    try {
      const { output, passedOver } = await handler(input, { ...this.#ports, observer });
      this.#watcher.stateFinished(state, item, output, passedOver);
      return output;
    } catch (error) {
      this.#watcher.stateFailed(state, item, error);
      throw error;
    }
  }
}

function itemOf(input: unknown): string {
  if (typeof input !== 'object' || input === null || !('item' in input)) return 'all';
  return typeof input.item === 'string' ? input.item : 'all';
}
