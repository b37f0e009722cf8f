import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localJobBackEnds } from '../../../../../shared/adapters/backends/local-job/local-job-back-ends.ts';
import { costsToAsk } from '../../../../../shared/ports/back-ends.ts';
import { FixedClock } from '../../../../helpers/fixed-clock.ts';
import { MemoryObjectStore } from '../../../../helpers/memory-object-store.ts';
import { rejection } from '../../../../helpers/rejection.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-job-answers-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const prices = { usd_per_million_prefilled: 2, usd_per_million_sampled: 10 };
const about = { backEnd: 'tinker', decoder: { labels: null, max_tokens: 1_000, max_new_tokens: 100, ...prices } };

/** What would answer with an artifact of such files. */
async function predictorWith(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(root, 'artifact-'));
  for (const [name, body] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), body);
  }
  execFileSync('tar', ['--format=ustar', '-cf', `${folder}.tar`, ...Object.keys(files)], { cwd: folder });
  const objects = new MemoryObjectStore();
  await objects.put('a.tar', new Uint8Array(await readFile(`${folder}.tar`)));
  const { predictors } = localJobBackEnds({
    objects,
    cacheDirectory: root,
    clock: new FixedClock('2026-01-01T00:00:00Z'),
  });
  return new Map(predictors.map((one) => [one.name, one]));
}

const served = { predictor: 'tinker', ref: 'a.tar', digest: null };

describe('what answers by a training job may cost', () => {
  it('is told of Tinker by the prices that its artifact has, wherever they stand in it', async () => {
    const predictors = await predictorWith({
      'adapter/weights.bin': 'x'.repeat(3_000),
      'artifact.json': JSON.stringify(about),
      'tinker.json': '{}',
    });
    const cost = await predictors.get('tinker')?.mostCost?.(served, ['ab', 'ab']);
    expect(cost).toBeCloseTo((2 * (202 * 2 + 100 * 10)) / 1e6, 12);
  });

  it('is nothing where it has none, and what looks may ask it then', async () => {
    const decoder = { ...about.decoder, usd_per_million_prefilled: 0, usd_per_million_sampled: 0 };
    const predictors = await predictorWith({ 'artifact.json': JSON.stringify({ ...about, decoder }) });
    expect(await predictors.get('tinker')?.mostCost?.(served, ['ab'])).toBeNull();
    expect(predictors.get('hf-lora')?.mostCost).toBeUndefined();
    const asked = (configuration: object) =>
      costsToAsk({ served, configuration: { ...configuration } }, { predictors });
    expect([asked({}), asked({ usdPerMillionTokens: 1 })]).toEqual([false, false]);
    expect([asked({ usdPerMillionSampled: 1 }), asked({ usdPerMillionPrefilled: 1 })]).toEqual([true, true]);
  });

  it.each([
    ['has no such file', { 'tinker.json': '{}' }],
    ['says nothing of it', { 'artifact.json': '{"backEnd": "tinker"}' }],
    ['says what is no JSON', { 'artifact.json': '{' }],
  ])('is a damaged artifact’s fault where it %s', async (_, files) => {
    const predictors = await predictorWith(files);
    const asked = predictors.get('tinker')?.mostCost?.(served, ['ab']) ?? Promise.resolve(0);
    expect(await rejection(asked)).toMatchObject({ name: 'CorruptArtifact' });
  });
});
