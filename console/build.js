// Builds the page into console/dist: run by `npm run build:console`, and with --if-possible by npm's `prepare`.
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const isOptional = process.argv.includes('--if-possible');
const configFile = fileURLToPath(new URL('vite.config.ts', import.meta.url));

try {
  const { build } = await import('vite');
  await build({ configFile, logLevel: 'warn' });
} catch (error) {
  // Without the development dependencies all but the console works.
  if (!isOptional) throw error;
  process.stderr.write(`The console is not built (${error.message}); build it: npm run build:console\n`);
}
