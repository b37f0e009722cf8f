import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEndpointPredictors } from '../../../shared/adapters/backends/endpoint/endpoint-predictors.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { storeEndpoint } from '../../../shared/ports/endpoints.ts';
import { createServingApp } from '../../../shared/serving/app.ts';
import { ChatServer } from '../../helpers/chat-server.ts';
import { sampleCheckpoint, sampleModel } from '../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../helpers/memory-ports.ts';

const key = 'sk-of-the-endpoint-0123456789';
let server: ChatServer;
beforeAll(async () => {
  server = await ChatServer.start();
});
afterAll(() => server.close());

/** Asks for a prediction while the endpoint answers with this status. */
async function predictWhile(status: number) {
  server.respond(() => ({ status, body: JSON.stringify({ error: { message: `no, ${key}` } }) }));
  const ports = memoryPorts();
  const predictors = createEndpointPredictors({ objects: ports.objects, env: { RATCHET_ENDPOINT_KEY: key } });
  const model = sampleModel();
  await ports.lineage.createModel(model);
  const endpoint = { url: `${server.url}/v1`, model: 'small', retries: 0 };
  const ref = await storeEndpoint('m1', { version: 1, task: model.task, options: endpoint }, ports.objects);
  const served = { predictor: 'openai', ref, digest: null };
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'there', served }));
  const move = { at: '2026-01-01T00:00:00Z', to: 'there', kind: 'create' as const, by: 'ana', reason: 'x' };
  await updateControl('m1', ports, (control) => moveChampion(control, move));
  const faults: unknown[] = [];
  const app = createServingApp({
    ports: { ...ports, predictors: new Map(predictors.map((one) => [one.name, one])) },
    access: { token: null, hosts: null },
    journal: null,
    onFault: (error) => faults.push(error),
  });
  const asked = { method: 'POST', body: '{"input":"win"}', headers: { 'content-type': 'application/json' } };
  const response = await app.fetch(new Request('http://x/v1/models/m1/predictions', asked));
  return { status: response.status, text: await response.text(), faults };
}

it('an endpoint that does not answer is a bad gateway, of which the log alone says more', async () => {
  const { status, text, faults } = await predictWhile(500);
  expect(JSON.parse(text)).toEqual({
    type: 'about:blank',
    title: 'EndpointUnavailable',
    status: 502,
    detail: "The endpoint that this model is at does not answer; the server's log says more.",
    mend: 'Send it again in a while.',
  });
  expect(status).toBe(502);
  expect(text).not.toContain(key);
  expect(faults).toHaveLength(1);
});

it('so is one that refuses, and sending it again is no help', async () => {
  const { status, text } = await predictWhile(401);
  expect(JSON.parse(text)).toEqual({
    type: 'about:blank',
    title: 'EndpointRefused',
    status: 502,
    detail: "The endpoint that this model is at refuses what it is asked; the server's log says more.",
  });
  expect(status).toBe(502);
});
