import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPublisher } from '../../shared/adapters/publish/publisher.ts';
import { moveChampion } from '../../shared/domain/models/control.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { deployChampion, notDeployed } from '../../shared/operations/deploy-champion.ts';
import { rollbackChampion } from '../../shared/operations/rollback-champion.ts';
import { ChatServer } from '../helpers/chat-server.ts';
import { sampleCheckpoint, sampleModel } from '../helpers/lineage-samples.ts';
import { memoryPorts } from '../helpers/memory-ports.ts';
import { rejection } from '../helpers/rejection.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-deploy-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A model that is deployed to a target, whose second checkpoint was promoted over its first. */
async function promoted(deployTo: string, env: Record<string, string> = {}) {
  const ports = { ...memoryPorts(), deployer: createPublisher({ env }) };
  const model = sampleModel({ deployTo });
  const { modelId } = model;
  await ports.lineage.createModel(model);
  const move = { at: '2026-01-01T00:00:00Z', by: 'test', reason: 'test' };
  for (const [to, kind] of [['c1', 'create'] as const, ['c2', 'promote'] as const]) {
    const served = { predictor: 'openai', ref: `https://example.com/${to}`, digest: null };
    await ports.lineage.putCheckpoint(sampleCheckpoint({ modelId, checkpointId: to, served }));
    await updateControl(modelId, ports, (control) => moveChampion(control, { ...move, to, kind }));
  }
  return { ports, model, modelId };
}

describe('a new champion', () => {
  it('is published to a file as a whole, and so is what is gone back to', async () => {
    const file = join(directory, 'champion.json');
    const { ports, model, modelId } = await promoted(file);
    expect(await notDeployed(model, ports)).toContain('nothing was deployed yet');
    await deployChampion(modelId, ports);
    const published = await readFile(file, 'utf8');
    expect(JSON.parse(published)).toMatchObject({
      checkpointId: 'c2',
      move: 2,
      served: { ref: 'https://example.com/c2' },
    });
    expect(await notDeployed(model, ports)).toBeNull();
    await deployChampion(modelId, ports);
    expect(await readFile(file, 'utf8')).toBe(published);
    await rollbackChampion({ modelId, to: 'c1', by: 'ana', reason: 'worse' }, ports);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ checkpointId: 'c1', move: 3 });
    expect(await readdir(directory)).toEqual(['champion.json']);
  });

  it('that cannot be deployed is told of, until going back to it has deployed it', async () => {
    const server = await ChatServer.start();
    try {
      const { ports, model, modelId } = await promoted(`${server.url}/champion`, {
        RATCHET_PUBLISH_KEY: 'secret-0123',
      });
      server.play({ status: 503, body: '' });
      const fault = await rejection(deployChampion(modelId, ports));
      expect([fault.name, fault.retryable]).toEqual(['DeployFailed', true]);
      expect(fault.message).toContain('c2 is the champion of');
      expect(fault.message).toContain('the hook answers with 503');
      expect(await notDeployed(model, ports)).toBe(
        `c2 is the champion, and nothing was deployed yet (the hook answers with 503). To deploy it: ratchet rollback ${modelId} --to c2 --reason deploy`,
      );
      server.play({ status: 204, body: '' });
      const result = await rollbackChampion({ modelId, to: 'c2', by: 'ana', reason: 'deploy' }, ports);
      expect(result).toMatchObject({ moved: false, deployedTo: `${server.url}/champion` });
      expect(server.seen[0]?.authorization).toBe('Bearer secret-0123');
      expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ checkpointId: 'c2', move: 2 });
      expect(await notDeployed(model, ports)).toBeNull();
    } finally {
      await server.close();
    }
  });

  it('is deployed to what can be written to as a whole alone', () => {
    const publisher = createPublisher({ env: {} });
    const problem = (target: string) => publisher.problem(target, { trainer: 'embedded', trainerOptions: {} });
    expect(problem(join(directory, 'champion.json'))).toBeNull();
    expect(problem(directory)).toContain('this is a folder');
    expect(problem(join(directory, 'no', 'champion.json'))).toContain(`mkdir -p "${join(directory, 'no')}"`);
    expect(problem('s3://bucket/folder/champion.json')).toBeNull();
    expect(problem('https://example.com/hook')).toBeNull();
    for (const target of ['champion.json', 's3://bucket', 'https://me:secret@example.com/hook', 'ftp://example.com']) {
      expect(problem(target), target).toContain('full path');
    }
  });
});
