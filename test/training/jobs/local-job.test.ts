import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { localJobBackEnds } from '../../../shared/adapters/backends/local-job/local-job-back-ends.ts';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import { shortDigest } from '../../../shared/domain/base/ids.ts';
import { asOutput } from '../../../shared/domain/base/output.ts';
import { noUsage, type Usage } from '../../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../../shared/ports/object-store.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
import type { Trainer, TrainingRequest } from '../../../shared/ports/trainer.ts';
import { generationSpecFrom } from '../../../shared/tasks/generation/generation-spec.ts';
import { intentFolds } from '../../contract/fold-cases.ts';
import { foldModelsContract } from '../../contract/fold-models-contract.ts';
import { contractRequest, type TrainerAndPredictor, training } from '../../contract/trained.ts';
import { trainerContract } from '../../contract/trainer-contract.ts';
import { foldPlan } from '../../helpers/fold-plan.ts';
import { putDataset, putExamples, toExamples } from '../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { counting, countingPython, notInstalled } from '../python.ts';

const opened: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});

interface Made extends TrainerAndPredictor {
  readonly directory: string;
  forget(texts: readonly string[]): Promise<number>;
}

/** @param directory of the jobs; a new one where none is named */
async function make(objects: ObjectStore = new MemoryObjectStore(), directory?: string): Promise<Made> {
  const folder = directory ?? (await mkdtemp(join(tmpdir(), 'ratchet-jobs-')));
  const made = localJobBackEnds({
    objects,
    cacheDirectory: folder,
    clock: new SystemClock(),
    python: countingPython,
    backEnds: [counting],
  });
  const trainer = made.trainers[0] as Trainer;
  const predictor = made.predictors[0] as Predictor;
  return { objects, trainer, predictor, directory: folder, forget: made.forget, close: made.close };
}

/** The same, put away after the test. */
async function open(objects?: ObjectStore, directory?: string): Promise<Made> {
  const made = await make(objects, directory);
  opened.push({
    dispose: async () => {
      await made.close();
      await rm(made.directory, { recursive: true, force: true });
    },
  });
  return made;
}

/** The same for a suite, which closes it itself. */
async function forSuite(): Promise<TrainerAndPredictor> {
  const made = await make();
  return {
    ...made,
    close: async () => {
      await made.close();
      await rm(made.directory, { recursive: true, force: true });
    },
  };
}

const request = (seconds = 0): TrainingRequest => ({
  ...contractRequest({ foundation: 'nothing', seconds }),
  predictor: 'counting',
  folds: foldPlan('artifacts/made-up', 5, [1, 3]),
});

async function prepared(seconds = 0) {
  const made = await open();
  const asked = request(seconds);
  await putDataset(
    made.objects,
    asked.datasetKey,
    training.map((one, at) => ({ ...one, folds: [at % 10] })),
  );
  return { ...made, request: asked };
}

/** Processes that work on jobs of a directory. */
function processesOf(directory: string): readonly string[] {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(directory) && !line.startsWith('ps '));
}

const jobOf = ({ trainer }: Pick<Made, 'trainer'>, key: string) => shortDigest(trainer.name, key);

if (notInstalled === null) {
  const asked = { foundation: 'nothing' };
  trainerContract('a job of this machine', forSuite, asked);
  foldModelsContract('a job of this machine', forSuite, intentFolds(asked));
}

describe.skipIf(notInstalled !== null)('training jobs of this machine', () => {
  it('train what is asked for, tell how far they are, and leave neither texts nor models behind', async () => {
    const made = await prepared();
    const told: number[] = [];
    const artifact = await toEnd(made.trainer, 'k', made.request, (done, total) => told.push(done / total));
    expect(artifact.examples).toBe(training.length);
    expect(artifact.finalLoss).toBeGreaterThan(0);
    expect(artifact.folds?.models.map((model) => model?.ref ?? null)).toEqual(
      [0, 1, 2, 3, 4].map((part) => made.request.folds?.models.find((one) => one.part === part)?.artifactKey ?? null),
    );
    expect(told.at(-1)).toBe(1);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(await readdir(join(made.directory, 'jobs', jobOf(made, 'k')))).toEqual(['note.json']);
    const [answer] = await made.predictor.predict(artifact.served, ['block my card']);
    expect(answer?.output).toBe('card');
  });

  it('train what is written too: texts, JSON, and reasoning that stays apart from the answer', async () => {
    const made = await open();
    const written = [
      { input: 'parcel lost', output: { queue: 'delivery', tags: ['late', 'ü'] } },
      { input: 'refund twice', output: { reasoning: '2 * 8 = 16', answer: '16' } },
      { input: 'thanks', output: 'You are welcome.' },
    ];
    const asked = { ...request(), task: generationSpecFrom({ options: { checker: 'json' } }), folds: null };
    const examples = toExamples(written.map(({ input }) => ({ input, output: '' })));
    const outputs = written.map(({ output }) => asOutput(output));
    await putExamples(
      made.objects,
      asked.datasetKey,
      examples.map((example, at) => ({ ...example, output: outputs[at] ?? example.output })),
    );
    const { served } = await toEnd(made.trainer, 'k', asked);
    const answers = await made.predictor.predict(served, [...written.map(({ input }) => input), ' '], {
      alternatives: 3,
    });
    expect(answers.map(({ output }) => output)).toEqual([...written.map(({ output }) => output), null]);
    expect(answers[0]?.alternatives).toHaveLength(3);
  });

  it('tell what trainings and answers have used that are paid for', async () => {
    const made = await open();
    await putDataset(made.objects, request().datasetKey, training);
    const asked = { ...request(), configuration: { foundation: 'nothing', paid: true } };
    const end = await made.trainer.start('k', asked, Number.POSITIVE_INFINITY);
    // Three models, half a dollar each.
    expect(end).toMatchObject({ status: 'done', usage: { inputTokens: 21, outputTokens: 0, usd: 1.5 } });
    const used: Usage[] = [];
    const { served } = await toEnd(made.trainer, 'k', asked);
    await made.predictor.predict(served, ['block my card', 'fly', 'fly'], { onUsage: (usage) => used.push(usage) });
    await made.predictor.predict(served, [], { onUsage: (usage) => used.push(usage) });
    expect(used).toEqual([{ inputTokens: 4, outputTokens: 2, usd: 2 }]);
  });

  it('return before their deadline, and go on by themselves meanwhile', async () => {
    const made = await prepared(0.01);
    const first = await made.trainer.start('k', made.request, Date.now() + 500);
    expect(first).toMatchObject({ status: 'working', waitSeconds: 1 });
    if (first.status !== 'working') throw new Error('it is done');
    const later = await made.trainer.advance(first.handle, Date.now() + 500);
    expect(later).toMatchObject({ status: 'working' });
    expect(later.status === 'working' && later.done).toBeGreaterThan(first.done);
    const end = await made.trainer.advance(first.handle, Number.POSITIVE_INFINITY);
    expect(end).toMatchObject({ status: 'done', usage: { seconds: expect.any(Number) } });
    // What it took is told once, to whoever waited for it.
    expect(await made.trainer.advance(first.handle, 0)).toEqual({
      ...end,
      usage: noUsage,
      ...(end.status === 'done' ? { value: { ...end.value, finalLoss: null } } : {}),
    });
  });

  it('are joined under the same key, and begun once', async () => {
    const made = await prepared(0.005);
    const both = await Promise.all([1, 2].map(() => toEnd(made.trainer, 'k', made.request)));
    expect(both[0]).toEqual(both[1]);
  });

  it('are ended with all they have begun when the program closes, and go on in the next one', async () => {
    const made = await prepared(0.01);
    const begun = await made.trainer.start('k', made.request, Date.now() + 800);
    if (begun.status !== 'working') throw new Error('it is done');
    expect(processesOf(made.directory).length).toBeGreaterThan(0);
    await made.close();
    expect(processesOf(made.directory)).toEqual([]);
    const next = await open(made.objects, made.directory);
    const told: number[] = [];
    const end = await next.trainer.advance(begun.handle, Number.POSITIVE_INFINITY, (done) => told.push(done));
    expect(end).toMatchObject({ status: 'done' });
    expect(told[0]).toBeGreaterThanOrEqual(begun.done);
    expect(await made.objects.get(made.request.artifactKey)).toBeDefined();
  });

  it('of two programs are worked on by one, whose work counts for both', async () => {
    const made = await prepared(0.01);
    const other = await open(made.objects, made.directory);
    const [mine, theirs] = await Promise.all([
      toEnd(made.trainer, 'k', made.request),
      (async () => {
        await made.trainer.start('k', made.request, Date.now() + 600);
        return toEnd(other.trainer, 'k', made.request);
      })(),
    ]);
    expect(theirs.served).toEqual(mine.served);
  });

  it('fail by what the job says, with what can be done', async () => {
    const made = await prepared();
    const broken = { ...made.request, configuration: { foundation: 'elsewhere' } };
    await expect(toEnd(made.trainer, 'a', broken)).rejects.toMatchObject({
      name: 'FoundationMissing',
      message: expect.stringContaining('elsewhere'),
      mend: expect.stringContaining('--foundation'),
    });
    const hungry = { ...made.request, configuration: { foundation: 'nothing', fault: 'memory' } };
    await expect(toEnd(made.trainer, 'b', hungry)).rejects.toMatchObject({ name: 'OutOfMemory' });
    const killed = { ...made.request, configuration: { foundation: 'nothing', fault: 'kill' } };
    const end = await made.trainer.start('c', killed, Number.POSITIVE_INFINITY);
    expect(end).toMatchObject({ status: 'failed', name: 'TrainingFailed' });
    expect(end.status === 'failed' && end.message).toContain('memory');
  });

  it('say how Python is installed where there is none', async () => {
    const { objects, request: asked, directory } = await prepared();
    const made = localJobBackEnds({
      objects,
      cacheDirectory: directory,
      clock: new SystemClock(),
      env: { RATCHET_TRAINING_PYTHON: '/no/python' },
    });
    const [trainer] = made.trainers;
    if (trainer === undefined) throw new Error('there is no trainer');
    await expect(toEnd(trainer, 'k', asked)).rejects.toMatchObject({
      name: 'InvalidInput',
      mend: expect.stringContaining('ratchet setup training'),
    });
  });

  it('let the program end once it has had its answer and closed', async () => {
    const made = await prepared();
    const { served } = await toEnd(made.trainer, 'k', made.request);
    const artifact = join(made.directory, 'artifact.tar');
    await writeFile(artifact, (await made.objects.get(served.ref)) ?? new Uint8Array());
    const script = fileURLToPath(new URL('../answer-and-close.ts', import.meta.url));
    const said = execFileSync(process.execPath, [script, artifact, served.digest ?? ''], { encoding: 'utf8' });
    expect(said).toBe('card, closed\n');
  });

  it('are forgotten with the texts that they hold', async () => {
    const made = await prepared(0.02);
    await made.trainer.start('k', made.request, Date.now() + 500);
    await made.close();
    const next = await open(made.objects, made.directory);
    expect(await next.forget(['a text of nobody'])).toBe(0);
    expect(await readFile(join(made.directory, 'jobs', jobOf(made, 'k'), 'dataset.jsonl'), 'utf8')).toContain('card');
    expect(await next.forget([training[0]?.input ?? ''])).toBe(1);
    expect(await readdir(join(made.directory, 'jobs'))).toEqual([]);
  });
});
