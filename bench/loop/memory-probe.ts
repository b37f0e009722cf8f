import { readFileSync, writeFileSync } from 'node:fs';

/** Peak resident memory of this process since it was last asked, in MiB. */
export interface MemoryProbe {
  take(): number;
}

const status = '/proc/self/status';
const clear = '/proc/self/clear_refs';

/** Linux keeps the peak (VmHWM) and lets it be reset; elsewhere the memory held at the moment of asking has to do. */
export function memoryProbe(): MemoryProbe {
  const now = () => process.memoryUsage.rss() / 2 ** 20;
  try {
    readFileSync(status);
    writeFileSync(clear, '5');
  } catch {
    return { take: now };
  }
  return {
    take() {
      const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1];
      writeFileSync(clear, '5');
      return kibibytes === undefined ? now() : Number(kibibytes) / 1024;
    },
  };
}
