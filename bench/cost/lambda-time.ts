import { eventFunctions, stageFunctions } from '../../infra/function-specs.ts';

/**
 * Memory at which a function has one whole processor. Source:
 * docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const oneProcessorMb = 1_769;
/** What a request to S3 or DynamoDB takes longer than to a local disk: an assumption. */
const roundTripSeconds = 0.03;
/** From nothing to the handler, layers unpacked: an assumption, paid for with every invocation here. */
const coldStartSeconds = 1;

const memories = new Map(
  [...stageFunctions, ...Object.values(eventFunctions)].map(({ name, memoryMb }) => [name, memoryMb]),
);

/** Megabytes of memory that the function is deployed with. */
export function memoryOf(functionName: string): number {
  const memory = memories.get(functionName);
  if (memory === undefined) throw new Error(`no function ${functionName} is deployed`);
  return memory;
}

/**
 * GB-seconds that an invocation is billed for, from what it took here: all its processor time as though on one
 * processor at most, which is more than a function with several takes; its requests one after the other; and a cold
 * start.
 */
export function billedGigabyteSeconds(functionName: string, took: { cpuSeconds: number; requests: number }): number {
  const memory = memoryOf(functionName);
  return (memory / 1_024) * billedSeconds(memory, took);
}

function billedSeconds(memoryMb: number, { cpuSeconds, requests }: { cpuSeconds: number; requests: number }): number {
  const processors = Math.min(1, memoryMb / oneProcessorMb);
  return cpuSeconds / processors + requests * roundTripSeconds + coldStartSeconds;
}
