import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localJobBackEnds } from '../../../shared/adapters/backends/local-job/local-job-back-ends.ts';
import { SystemClock } from '../../../shared/adapters/local/system-clock.ts';
import type { Served } from '../../../shared/domain/models/served.ts';
import type { Predictor } from '../../../shared/ports/predictor.ts';
import { toEnd } from '../../../shared/ports/to-end.ts';
import type { Trainer } from '../../../shared/ports/trainer.ts';
import { contractRequest, training } from '../../contract/trained.ts';
import { putDataset } from '../../helpers/made-up-intents.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { ratchetInProcess } from '../../integration/cli/in-process.ts';
import { counting, countingPython, notInstalled } from '../python.ts';
import { startServing } from '../serving-process.ts';

/** A server that takes InvokeEndpoint as SageMaker does, and brings it to a container. */
async function startInvoking(container: string): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = await fetch(`${container}/invocations`, { method: 'POST', body: await buffer(request) });
    const body = await answer.text();
    if (answer.ok) response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    else {
      const error = { Message: 'Received error', OriginalStatusCode: answer.status, OriginalMessage: body };
      response.writeHead(424, { 'x-amzn-errortype': 'ModelError' }).end(JSON.stringify(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe.skipIf(notInstalled !== null)('a model that answers behind an endpoint of SageMaker', () => {
  const close: (() => unknown)[] = [];
  let folder: string;
  let invoking: Awaited<ReturnType<typeof startInvoking>>;
  let served: Served;
  let local: Predictor;
  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    folder = await mkdtemp(join(tmpdir(), 'ratchet-endpoint-'));
    close.push(() => rm(folder, { recursive: true, force: true }));
    const objects = new MemoryObjectStore();
    const made = localJobBackEnds({
      objects,
      cacheDirectory: folder,
      clock: new SystemClock(),
      python: countingPython,
      backEnds: [counting],
    });
    close.unshift(() => made.close());
    const request = { ...contractRequest({ foundation: 'nothing' }), predictor: 'counting' };
    await putDataset(objects, request.datasetKey, training);
    ({ served } = await toEnd(made.trainers[0] as Trainer, 'trained', request));
    local = made.predictors[0] as Predictor;
    await mkdir(join(folder, 'model'));
    await writeFile(join(folder, 'model', 'served.tar'), (await objects.get(served.ref)) ?? '');
    const serving = await startServing(folder);
    close.unshift(() => serving.close());
    invoking = await startInvoking(serving.url);
    close.unshift(() => invoking.server.close());
  });
  afterAll(async () => {
    for (const one of close) await one();
    vi.unstubAllEnvs();
  });

  const ratchet = (args: readonly string[], stdin = '') =>
    ratchetInProcess([...args, '--json', '--workspace', join(folder, 'workspace')], stdin);

  it('is watched from the command line, and answers what the same artifact answers here', async () => {
    const labels = [...new Set(training.map(({ output }) => String(output)))];
    const endpoint = [
      '--endpoint',
      'sagemaker://support',
      '--endpoint-option',
      `url=${invoking.url}`,
      'region=eu-west-1',
    ];
    const created = await ratchet(['create', 'support', '--labels', labels.join(','), ...endpoint, 'batch=3']);
    expect([created.code, created.stderr]).toEqual([0, expect.any(String)]);
    const inputs = training.slice(0, 10).map(({ input }) => input);
    const lines = inputs.map((input) => JSON.stringify({ input })).join('\n');
    const told = await ratchet(['predict', 'support'], `${lines}\n`);
    expect([told.code, told.stderr]).toEqual([0, expect.any(String)]);
    const answers = told.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const expected = await local.predict(served, inputs);
    expect(answers.map(({ output }) => output)).toEqual(expected.map(({ output }) => output));
    expect(answers.map(({ confidence }) => confidence)).toEqual(
      expected.map(({ confidence }) => expect.closeTo(confidence, 4)),
    );
    expect(new Set(answers.map(({ output }) => output)).size).toBeGreaterThan(1);
    expect(invoking.asked).toEqual(Array.from({ length: 4 }, () => 'POST /endpoints/support/invocations'));
  });
});
