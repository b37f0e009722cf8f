import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findOrBeginRun } from '../../cli/runtime/find-run.ts';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import { builtInFoundationSchema } from '../../shared/adapters/backends/embedded/embedded-configuration.ts';
import { ingestTraces } from '../../shared/intake/ingest-traces.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import { chooseCheckpoint } from '../../shared/operations/choose-checkpoint.ts';
import { answerWith } from '../../shared/ports/back-ends.ts';
import { peakMiB } from '../trainer/peak-memory.ts';
import { stopwatch } from '../trainer/stopwatch.ts';
import { createFirst, modelId, seed, withWorkspace } from './loop-model.ts';
import { loopTraffic } from './loop-traffic.ts';
import { memoryProbe } from './memory-probe.ts';
import { StageMeter } from './stage-meter.ts';

// One step of a measurement, in a process of its own: `traffic` has the first checkpoint answer and judges it, `ingest`
// fills a workspace, `run` runs the loop there.

const { values } = parseArgs({
  options: {
    step: { type: 'string' },
    data: { type: 'string' },
    foundation: { type: 'string' },
    size: { type: 'string' },
    /** Judged traces, one a line. */
    traces: { type: 'string' },
    examples: { type: 'string' },
    workspace: { type: 'string' },
  },
});
const foundation = builtInFoundationSchema.parse(values.foundation);
const size = Number(values.size);
const { traces = '', examples = '', workspace = '', data = '' } = values;
const labelledSchema = z.array(z.object({ text: z.string(), label: z.string() }));
const firstArrival = Date.parse('2026-01-05T08:00:00Z');

if (values.step === 'traffic') await traffic();
else if (values.step === 'ingest') await ingest();
else await run();

async function traffic(): Promise<void> {
  const made = await loopTraffic(data, size, seed);
  const texts = made.traffic.map(({ text }) => text);
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-loop-'));
  const answers = await withWorkspace(directory, async (place) => {
    await createFirst(place, made.examples, foundation);
    return answerWith(await chooseCheckpoint(modelId, null, place.ports), texts, place.ports);
  }).finally(() => rm(directory, { recursive: true, force: true }));
  await writeFile(examples, JSON.stringify(made.examples));
  await writeFile(traces, '');
  const lines = made.traffic.map(({ text, label }, at) =>
    JSON.stringify({
      traceId: `t-${String(at).padStart(6, '0')}`,
      timestamp: new Date(firstArrival + at * 60_000).toISOString(),
      modelId,
      input: text,
      output: answers[at]?.output ?? null,
      confidence: answers[at]?.confidence ?? 0,
      expected: label,
      judge: { kind: 'rule', id: 'truth', reason: 'the label of the corpus' },
    }),
  );
  await appendFile(traces, `${lines.join('\n')}\n`);
  process.stdout.write(`${JSON.stringify({ real: made.real })}\n`);
}

async function ingest(): Promise<void> {
  const first = labelledSchema.parse(JSON.parse(await readFile(examples, 'utf8')));
  const { seconds, cpuSeconds } = await withWorkspace(workspace, async (place) => {
    await createFirst(place, first, foundation);
    return stopwatch(() =>
      ingestTraces(
        { modelId, sources: [{ name: 'traffic', open: async () => firstLines(traces, size) }] },
        place.ports,
      ),
    );
  });
  process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds, peakMiB: await peakMiB() })}\n`);
}

async function* firstLines(file: string, most: number): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let read = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (read === most) return;
    read += 1;
    yield encoder.encode(`${line}\n`);
  }
}

async function run(): Promise<void> {
  const [load = 0] = loadavg();
  const figures = await withWorkspace(workspace, async ({ ports, owner }) => {
    const { runId } = await findOrBeginRun({ modelId, seed }, ports, { note: () => undefined });
    const cpu = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    };
    const meter = new StageMeter({ wall: () => performance.now() / 1000, cpu }, memoryProbe());
    const machine = new LocalStateMachine(ports, meter);
    const { result, seconds, cpuSeconds } = await stopwatch(() =>
      machine.execute(owner, { run: { runId, modelId, seed } }),
    );
    const { decision, reason } = runResultSchema.parse(result);
    const stages = meter.figures();
    return {
      decision,
      reason,
      iterations: stages.find(({ stage }) => stage === 'gate-candidates')?.items ?? 0,
      seconds,
      cpuSeconds,
      peakMiB: Math.max(...stages.map((stage) => stage.peakMiB)),
      load,
      stages,
    };
  });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
