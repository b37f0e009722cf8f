import { readFileSync, writeFileSync } from 'node:fs';

// Loaded before a command (`node --import`): at its end, or when it is told to end, it leaves CPU seconds and peak memory in the
// file that `USAGE` names.
const file = process.env.USAGE;
if (file !== undefined) {
  const tell = () => {
    const { user, system } = process.cpuUsage();
    const peakMiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
    writeFileSync(file, JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMiB }));
  };
  process.on('exit', tell);
  process.on('SIGTERM', tell);
}
