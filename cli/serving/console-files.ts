import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleFiles } from '../../shared/serving/console/page-routes.ts';

const folder = fileURLToPath(new URL('../../console/dist', import.meta.url));
/** Names that the build gives: no path leads out of the folder. */
const named = /^(?:index\.html|favicon\.svg|assets\/[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:js|css|svg))$/u;

/** The console's page as `npm run build:console` builds it. */
export const consoleFiles: ConsoleFiles = {
  async read(path) {
    if (!named.test(path)) return null;
    try {
      return await readFile(join(folder, path));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  },
};
