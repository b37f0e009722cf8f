import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** The files of the page, as they were built. */
export interface ConsoleFiles {
  /** @param path in the page's folder, as `assets/index-1a2b.js`; null where there is none */
  read(path: string): Promise<Uint8Array | null>;
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** What the page may load, run and be shown in: its own files alone, and nothing inline. */
const headers = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
    requireTrustedTypesFor: ["'script'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  // Whether all of a host is served by TLS is not for this page to say.
  strictTransportSecurity: false,
});

const year = 31_536_000;

/** Paths of the page: they hold no data, so that they need no token. */
export function isOfPage(path: string): boolean {
  return path === '/' || path === '/favicon.svg' || path.startsWith('/assets/');
}

/** The console's page at `/`. @param files null where the page is not built */
export function pageRoutes(files: ConsoleFiles | null): Hono {
  const app = new Hono();
  app.use('/', headers);
  app.use('/favicon.svg', headers);
  app.use('/assets/*', headers);
  const answer = async (path: string, lasting: boolean): Promise<Response | null> => {
    const body = (await files?.read(path)) ?? null;
    if (body === null) return null;
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': types[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
        'cache-control': lasting ? `public, max-age=${year}, immutable` : 'no-cache',
      },
    });
  };
  app.get('/', async (context) => (await answer('index.html', false)) ?? context.text(notBuilt, 503));
  app.get('/favicon.svg', async (context) => (await answer('favicon.svg', false)) ?? context.notFound());
  app.get('/assets/:name', async (context) => {
    return (await answer(`assets/${context.req.param('name')}`, true)) ?? context.notFound();
  });
  return app;
}

const notBuilt = 'The console is not built. Build it: npm run build:console\n';
