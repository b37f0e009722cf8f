import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { RatchetError } from '../../shared/domain/base/errors.ts';

/** Clients that take longer to send a request than this hold a place that others want. */
const slowestHeadersMs = 10_000;
const slowestRequestMs = 30_000;

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
): Promise<Listening> {
  const server = createServer(getRequestListener(fetch));
  server.headersTimeout = slowestHeadersMs;
  server.requestTimeout = slowestRequestMs;
  await bound(server, host, port);
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${given}`,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), slowestRequestMs);
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
