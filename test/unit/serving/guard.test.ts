import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { type Access, guard, modelGuard } from '../../../shared/serving/guard.ts';

async function ask(access: Access, headers: Record<string, string>, path = '/v1/models'): Promise<number> {
  const app = new Hono();
  app.use(guard(access));
  app.all('*', (context) => context.text('in'));
  const method = path.endsWith('predictions') ? 'POST' : 'GET';
  const response = await app.request(path, { method, headers });
  return response.status;
}

const local: Access = { token: null, hosts: ['localhost', '127.0.0.1', '[::1]'] };
const guarded: Access = { token: 'a-long-token-nobody-knows', hosts: null };

describe('who may ask', () => {
  it.each(['localhost', 'localhost:7878', '127.0.0.1:7878', '[::1]:7878', 'LOCALHOST:1'])(
    'by the name %s',
    async (host) => expect(await ask(local, { host })).toBe(200),
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:7878', ''])(
    'not by the name %s, which may lead here from a page of another site',
    async (host) => expect(await ask(local, { host })).toBe(421),
  );

  it('no page of another site, and none without a name', async () => {
    const host = 'localhost:7878';
    expect(await ask(local, { host, origin: 'http://localhost:7878' })).toBe(200);
    for (const origin of ['https://evil.example', 'http://localhost:9999', 'null', '']) {
      expect(await ask(local, { host, origin })).toBe(403);
    }
  });

  it('whoever knows the token, where there is one; anybody about health', async () => {
    expect(await ask(guarded, { authorization: 'Bearer a-long-token-nobody-knows' })).toBe(200);
    for (const authorization of ['', 'Bearer', 'Bearer a-long-token', 'Basic a-long-token-nobody-knows']) {
      expect(await ask(guarded, { authorization })).toBe(401);
    }
    expect(await ask(guarded, {}, '/healthz')).toBe(200);
    expect(await ask(guarded, {}, '/openapi.json')).toBe(401);
  });

  it('whom the front door knows, each about their own models', async () => {
    const knows = (name: string | null): Access => ({
      ...{ token: null, hosts: null },
      caller: () => (name === null ? null : { name, mayUse: (modelId) => modelId === 'own' }),
    });
    expect(await ask(knows('ana'), {})).toBe(200);
    expect(await ask(knows(null), {})).toBe(401);
    expect(await ask(knows(null), {}, '/healthz')).toBe(200);
    const ofModel = async (access: Access, model: string): Promise<number> => {
      const app = new Hono();
      app.use('/v1/models/:model/*', modelGuard(access));
      app.all('/v1/models/:model/predictions', (context) => context.text(context.req.param('model')));
      return (await app.request(`/v1/models/${model}/predictions`)).status;
    };
    expect(await ofModel(knows('ana'), 'own')).toBe(200);
    for (const model of ['other', 'own%2f', 'ow%6e2', 'OWN']) expect(await ofModel(knows('ana'), model)).toBe(403);
    // Written another way it is the same model, also for the handler.
    expect(await ofModel(knows('ana'), 'ow%6e')).toBe(200);
    expect(await ofModel(knows(null), 'own')).toBe(403);
    expect(await ofModel(local, 'any')).toBe(200);
  });

  it('with JSON alone, which no form of another page can send', async () => {
    const path = '/v1/models/m/predictions';
    const host = 'localhost';
    expect(await ask(local, { host, 'content-type': 'application/json; charset=utf-8' }, path)).toBe(200);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
      expect(await ask(local, { host, 'content-type': type }, path)).toBe(415);
    }
  });
});
