import { Hono } from 'hono';
import type { Ports } from '../../ports/ports.ts';
import { overview, overviews } from './overviews.ts';

/** What the console's interface is given, beside the ports. */
export interface ConsoleOptions {
  readonly ports: Ports;
}

/** What the console reads: models, runs, failures, curricula and lineage, by the operations of the command line. */
export function consoleRoutes({ ports }: ConsoleOptions): Hono {
  const app = new Hono();
  app.get('/v1/overview', async (context) => context.json({ models: await overviews(ports) }));
  app.get('/v1/models/:model/overview', async (context) => {
    return context.json({ ...(await overview(context.req.param('model'), ports)), canRun: false });
  });
  return app;
}
