import { readFile } from 'node:fs/promises';

/**
 * Peak resident memory of this process, in MiB. Linux counts what the process that started it held at that moment in
 * `maxRSS`; VmHWM is of this process alone, so it is taken where there is one.
 */
export async function peakMiB(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes)) / 1024;
}
