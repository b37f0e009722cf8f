import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { defaultBackEnds } from '../../../shared/composition/default-back-ends.ts';
import { createModel } from '../../../shared/operations/create-model.ts';
import { answerWith } from '../../../shared/ports/back-ends.ts';
import { bytesOf, championOf, modelId } from '../../helpers/test-workspace.ts';
import { installed, realPython, testsFolder } from '../python.ts';
import { rightOf, runTickets, ticketLlama, tickets } from '../tickets.ts';

const answers = [
  { input: 'two eggs and three more', output: { reasoning: '2 + 3 = 5', answer: { eggs: '5' } } },
  { input: 'the parcel is late', output: { queue: 'delivery', tags: ['late', 'ü'] } },
  { input: 'money back please', output: { queue: 'refund', tags: [] } },
  { input: 'where is my invoice', output: { queue: 'billing', tags: ['document'] } },
];

/** A real decoder of a few weights that knows nothing. */
describe.skipIf(!installed('peft'))('a decoder that learns by LoRA what to write', () => {
  let directory: string;
  let workspace: Workspace;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-hf-lora-'));
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env: (await realPython()).env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('writes its JSON, the reasoning apart, and is surer of it than of what it never saw', async () => {
    const { ports } = workspace;
    await createModel(
      {
        modelId,
        task: 'generation',
        labels: [],
        options: { checker: 'json' },
        examples: bytesOf(answers),
        backEnds: { ...defaultBackEnds, trainer: 'hf-lora', predictor: 'hf-lora' },
        trainerOptions: {
          foundation: await tinyLlama(directory),
          epochs: 100,
          batchSize: 4,
          rate: 1e-2,
          maxTokens: 128,
          maxNewTokens: 48,
        },
        settings: {},
        seed: 1,
        by: 'test',
      },
      ports,
    );
    const asked = [...answers.map(({ input }) => input), 'zebras 81 quartz', '  '];
    const given = await answerWith(await championOf(workspace), asked, ports);
    const known = given.slice(0, answers.length);
    const [unseen, empty] = given.slice(answers.length);
    expect(known.map(({ output }) => output)).toEqual(answers.map(({ output }) => output));
    expect(Math.min(...known.map(({ confidence }) => confidence))).toBeGreaterThan(unseen?.confidence ?? 1);
    expect(empty).toMatchObject({ output: null, confidence: 0 });
  });
});

describe.skipIf(!installed('peft'))('ratchet run with a decoder as a process of this machine', () => {
  let directory: string;
  let workspace: Workspace;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-hf-lora-run-'));
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env: (await realPython()).env,
      observer: { progress: () => undefined, note: () => undefined },
    });
  });
  afterAll(async () => {
    await workspace?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('promotes what has learnt to write the new tickets', { timeout: 1_800_000 }, async () => {
    const { command } = await realPython();
    const { result, before, after, failed } = await runTickets(workspace, {
      trainer: 'hf-lora',
      trainerOptions: {
        foundation: await ticketLlama(directory, command[0], testsFolder),
        epochs: 10,
        batchSize: 8,
        rate: 1e-2,
        maxTokens: 64,
        maxNewTokens: 16,
      },
      sizes: [24, 170],
      settings: { enoughRecords: 10, enoughFailures: 10 },
    });
    expect(failed).toEqual([]);
    expect([result.decision, result.headline]).toEqual(['promoted', expect.any(String)]);
    const fresh = tickets(['billing', 'refund'], 24, workspace.ports.random.stream(2, 'fresh'));
    const [old, now] = [await rightOf(before, fresh, workspace), await rightOf(after, fresh, workspace)];
    expect(now).toBeGreaterThan(old + 6);
  });
});

/** A decoder whose tokens are those of the answers. */
async function tinyLlama(folder: string): Promise<string> {
  const { command, env } = await realPython();
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify(answers.flatMap(({ input, output }) => [input, JSON.stringify(output)])));
  const target = join(folder, 'tiny-llama');
  const script =
    'import json, sys; from pathlib import Path; from foundations import tiny_llama; tiny_llama(Path(sys.argv[2]), json.load(open(sys.argv[1])))';
  execFileSync(command[0], ['-c', script, file, target], {
    env: { ...env, PYTHONPATH: `${env.PYTHONPATH}:${env.PYTHONPATH}/tests` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return target;
}
