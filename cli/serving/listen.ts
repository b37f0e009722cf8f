import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RatchetError } from '../../shared/domain/base/errors.ts';

/** Clients that take longer than this hold a place that others want. */
const usualPatience = {
  /** To send the headers of a request. */
  headersMs: 10_000,
  /** To send all of it. */
  requestMs: 30_000,
  /** To take anything of an answer; so long may making one last, too. */
  silenceMs: 300_000,
  /** How often this is looked at. */
  lookEveryMs: 2_000,
};

export interface Listening {
  /** Where it can be asked. */
  readonly url: string;
  /** Takes no more connections, and waits for the answers under way. */
  close(): Promise<void>;
}

/** Serves on a host and port. @throws RatchetError InvalidInput where that cannot be */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: { readonly host: string; readonly port: number },
  { headersMs, requestMs, silenceMs, lookEveryMs }: Readonly<typeof usualPatience> = usualPatience,
): Promise<Listening> {
  const limits = { headersTimeout: headersMs, requestTimeout: requestMs, connectionsCheckingInterval: lookEveryMs };
  const server = createServer(limits, getRequestListener(fetch));
  server.timeout = silenceMs;
  await bound(server, host, port);
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${given}`,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), requestMs);
      await closed.promise;
      clearTimeout(late);
    },
  };
}

async function bound(server: Server, host: string, port: number): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ host, port }, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new RatchetError('InvalidInput', `Nothing can be served on ${host}, port ${port}: ${code}.`, {
      cause: error,
      mend:
        code === 'EADDRINUSE'
          ? 'Another server has that port: stop it, or name another with --port (0 takes any that is free).'
          : 'Name an address of this machine with --host, and a port with --port.',
    });
  }
}

/** Whether only this machine can reach a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}
