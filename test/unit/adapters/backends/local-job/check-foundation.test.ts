import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFoundation } from '../../../../../shared/adapters/backends/local-job/check-foundation.ts';
import { ChatServer } from '../../../../helpers/chat-server.ts';
import { rejection } from '../../../../helpers/rejection.ts';

describe('the foundation of a job', () => {
  let hub: ChatServer;
  let directory: string;
  beforeAll(async () => {
    hub = await ChatServer.start();
    directory = await mkdtemp(join(tmpdir(), 'ratchet-foundation-'));
  });
  afterAll(async () => {
    await hub.close();
    await rm(directory, { recursive: true, force: true });
  });
  const env = (more: object = {}) => ({ HF_HUB_CACHE: join(directory, 'hub'), HF_ENDPOINT: hub.url, ...more });
  const refused = async (foundation: string, more: object = {}) => {
    const fault = await rejection(checkFoundation(foundation, env(more)));
    expect([fault.name, fault.mend]).toEqual(['FoundationMissing', expect.stringContaining('--foundation DIR')]);
    return fault.message;
  };

  it('is there as a folder, or in the cache of the hub, without asking anybody', async () => {
    hub.respond(() => undefined);
    await mkdir(join(directory, 'hub', 'models--owner--decoder', 'snapshots', 'main'), { recursive: true });
    await checkFoundation(directory, env());
    await checkFoundation('owner/decoder', env({ HF_HUB_OFFLINE: '1' }));
    expect(await refused(join(directory, 'none'))).toContain('there is no such folder');
    expect(await refused('./none-here')).toContain('there is no such folder');
    expect(await refused('owner/other', { HF_HUB_OFFLINE: '1' })).toContain('HF_HUB_OFFLINE');
    expect(hub.seen).toEqual([]);
  });

  it('is there where the hub has it', async () => {
    hub.respond(({ path }) => ({ status: path === '/owner/there/resolve/main/config.json' ? 200 : 404, body: '' }));
    await checkFoundation('owner/there', env());
    expect(await refused('missing')).toContain('the hub has no such model, or does not let you in (404)');
    expect(await refused('missing', { HF_ENDPOINT: 'http://127.0.0.1:1' })).toContain('the hub cannot be reached');
  });
});
