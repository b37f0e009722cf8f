import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds the page into console/dist, which `ratchet serve` serves at `/`: files of its own alone, nothing inline. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page lets nothing inline run or show.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
