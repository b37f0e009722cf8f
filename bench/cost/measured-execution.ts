import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StateMachine } from 'aws-local-stepfunctions';
import type { RunRef } from '../../shared/domain/models/run-ref.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import { type RunResult, runResultSchema } from '../../shared/loop/state/run-result.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import { memoryProbe } from '../loop/memory-probe.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

export interface MeasuredStep {
  readonly state: string;
  readonly cpuSeconds: number;
  /** To the object store and the lineage store. */
  readonly requests: number;
  /** Most that the process held meanwhile, MiB; what it held before included. */
  readonly peakMiB: number;
}

/** The ports of one step. */
export interface StepPorts {
  readonly ports: Ports;
  close(): Promise<{ readonly requests: number }>;
}

export interface MeasuredExecution {
  readonly result: RunResult;
  /** As Step Functions counts them: states entered, and the end. */
  readonly stateTransitions: number;
  readonly steps: readonly MeasuredStep[];
}

const definitionPath = fileURLToPath(new URL('../../infra/state-machines/improvement-loop.asl.json', import.meta.url));

/**
 * Executes the improvement loop with its steps one at a time, each with ports of its own, so that the processor time of
 * each is known: functions share neither a processor nor a cache.
 * @param portsFor the ports of one step; they are closed after it
 */
export async function measureExecution(
  run: RunRef,
  owner: string,
  portsFor: () => StepPorts,
  onStep: (step: MeasuredStep) => void,
): Promise<MeasuredExecution> {
  const text = await readFile(definitionPath, 'utf8');
  const definition: Definition = JSON.parse(
    text.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'),
  );
  const steps: MeasuredStep[] = [];
  const probe = memoryProbe();
  let before: Promise<unknown> = Promise.resolve();
  const measured = async (state: string, input: unknown): Promise<unknown> => {
    const handler = stateHandlers.get(state);
    if (handler === undefined) throw new Error(`no stage for state ${state}`);
    const { ports, close } = portsFor();
    const cpu = process.cpuUsage();
    probe.take();
    try {
      return (await handler(input, ports, Date.now() + 10 * 60_000)).output;
    } finally {
      const { requests } = await close();
      const { user, system } = process.cpuUsage(cpu);
      const step = { state, cpuSeconds: (user + system) / 1e6, requests, peakMiB: probe.take() };
      steps.push(step);
      onStep(step);
    }
  };
  const inTurn = (state: string) => (input: unknown) => {
    const work = before.then(() => measured(state, input));
    before = work.catch(() => undefined);
    return work;
  };
  const execution = new StateMachine(definition).run(
    { run: { ...run } },
    {
      context: { Execution: { Id: owner, Input: { run: { ...run } }, StartTime: new Date().toISOString() } },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          [...stateHandlers.keys()].map((state) => [state, inTurn(state)]),
        ) as never,
      },
    },
  );
  let stateTransitions = 1;
  const counted = (async () => {
    for await (const { type } of execution.eventLogs) if (type === 'StateEntered') stateTransitions += 1;
  })();
  const result = runResultSchema.parse(await execution.result);
  await Promise.race([counted, setTimeout(10_000, undefined, { ref: false })]);
  return { result, stateTransitions, steps };
}
