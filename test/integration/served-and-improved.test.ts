import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Workspace } from '../../cli/workspace.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId } from '../helpers/test-workspace.ts';
import { launcherPath } from './cli/launcher.ts';

let workspace: Workspace & { dispose(): Promise<void> };
let server: ChildProcess | undefined;

beforeAll(async () => {
  workspace = await makeWorkspace();
  await createSupportModel(workspace, { runAfterFailures: 30 });
});
afterAll(async () => {
  server?.kill('SIGKILL');
  await workspace.dispose();
});

test('a server that is told what was right improves its model, and answers with the new champion', async () => {
  const args = [launcherPath, '--workspace', workspace.directory, '--json', 'serve', '--port', '0', '--improve'];
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  server = child;
  const [line] = await once(child.stdout, 'data');
  const url = `${JSON.parse(String(line)).url}/v1/models/${modelId}`;
  const post = async (what: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/${what}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.ok).toBe(true);
    return (await response.json()) as {
      checkpoint: string;
      predictions: { traceId: string; output: string }[];
    };
  };
  const traffic = samples(600, 0.7, workspace.ports.random.stream(2, 'traffic'));
  const inputs = traffic.map(({ input }) => input);
  const { checkpoint, predictions } = await post('predictions', { inputs });
  const judge = { kind: 'human', id: 'ana' };
  await post('feedback', {
    feedback: traffic.map(({ output: expected }, at) => ({ traceId: predictions[at]?.traceId, expected, judge })),
  });

  const until = Date.now() + 100_000;
  let champion = checkpoint;
  while (champion === checkpoint && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    champion = (await post('predictions', { inputs: ['where is my parcel'], record: false })).checkpoint;
  }
  expect(champion).not.toBe(checkpoint);
  const fresh = samples(200, 0.7, workspace.ports.random.stream(3, 'fresh'));
  const right = async (answered: { output: string }[]) =>
    answered.filter(({ output }, at) => output === fresh[at]?.output).length;
  const after = await post('predictions', { inputs: fresh.map(({ input }) => input), record: false });
  const before = predictions.filter(({ output }, at) => output === traffic[at]?.output).length / traffic.length;
  expect((await right(after.predictions)) / fresh.length).toBeGreaterThan(before);
}, 120_000);

test('a run that was due before the server was started begins without a request', async () => {
  const other = await makeWorkspace();
  try {
    await createSupportModel(other, { runAfterFailures: 30 });
    const traffic = samples(200, 0.7, other.ports.random.stream(2, 'traffic'));
    await ingest(other, await answeredTraffic(other, traffic, 'before'));
    const args = [launcherPath, '--workspace', other.directory, 'serve', '--port', '0', '--improve'];
    const child = spawn(process.execPath, args, { stdio: 'pipe' });
    server = child;
    let said = '';
    for await (const some of child.stderr) {
      said += String(some);
      if (said.includes('is due')) break;
    }
    expect(said).toContain('A run of support is due: it begins.');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  } finally {
    await other.dispose();
  }
}, 60_000);
