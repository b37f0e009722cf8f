import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventFunctions, type FunctionSpec, servingFunctions, stageFunctions } from '../../infra/function-specs.ts';

const measuredSchema = z.object({
  facts: z.array(z.object({ size: z.number(), parquetMiB: z.number(), texts: z.number() })),
  measured: z.array(z.object({ step: z.string(), size: z.number(), cpuSeconds: z.number(), peakMiB: z.number() })),
});
const results = measuredSchema.parse(
  JSON.parse(readFileSync(new URL('../../bench/scale/results/large-log.json', import.meta.url), 'utf8')),
);
const million = 1_000_000;
/** What new accounts get at most. */
const memoryLimitMb = 3_008;
/** Memory at which a function has one whole processor. */
const oneProcessorMb = 1_769;
/** Real texts pack two to three times worse than made-up ones, by docs/scale.md. */
const packing = 3;

function stage(name: string): FunctionSpec {
  const found = stageFunctions.find((spec) => spec.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
}

/** Functions that read the log, by the step of the bench that does as they do. */
const readers: readonly (readonly [FunctionSpec, string])[] = [
  [eventFunctions.ingestDrop, 'ingest 3,500 more'],
  [servingFunctions.settleJournal, 'ingest 3,500 more'],
  // No run on AWS looks at more by default: snapshot-fits.test.ts.
  [stage('prepare-run'), 'read 20,000'],
  [stage('inspect-lineage'), 'read 20,000'],
  [eventFunctions.watchChampion, 'read 20,000'],
  [stage('analyze-failures'), 'query'],
];

describe('with a million traces in the log', () => {
  it.each(readers)('$name takes less than 60 % of its time, memory and disk', (spec, step) => {
    const taken = results.measured.find((one) => one.step === step && one.size === million);
    const log = results.facts.find(({ size }) => size === million);
    if (taken === undefined || log === undefined) throw new Error(`${step} was not measured`);
    const memoryMb = Math.min(spec.memoryMb, memoryLimitMb);
    expect(taken.cpuSeconds / (memoryMb / oneProcessorMb)).toBeLessThan(spec.timeoutSeconds * 0.6);
    expect(taken.peakMiB).toBeLessThan(memoryMb * 0.6);
    // Files that are read are copied to its disk; nothing else of it is used to speak of.
    expect(log.parquetMiB * packing).toBeLessThan(spec.diskMb * 0.6);
  });

  it('a drop of all of them is ingested by one call, in 60 % of its time and memory', () => {
    const taken = results.measured.find(({ step, size }) => step === 'ingest' && size === million);
    const { memoryMb, timeoutSeconds } = eventFunctions.ingestDrop;
    expect(taken?.cpuSeconds).toBeLessThan(timeoutSeconds * 0.6 * (memoryMb / oneProcessorMb));
    expect(taken?.peakMiB).toBeLessThan(memoryMb * 0.6);
  });

  it('every function that reads the log is looked at', () => {
    const all = [...stageFunctions, ...Object.values(eventFunctions), ...Object.values(servingFunctions)];
    const reading = all.filter(({ traces }: FunctionSpec) => traces?.read?.includes('traces/*') === true);
    expect(readers.map(([{ name }]) => name).sort()).toEqual(reading.map(({ name }) => name).sort());
  });

  it('was made of texts that mostly differ', () => {
    expect(results.facts.find(({ size }) => size === million)?.texts).toBeGreaterThan(million / 2);
  });
});
