import { once } from 'node:events';
import { DirectoryObjectStore } from '../../shared/adapters/directory-object-store.ts';
import { SqliteLineageStore } from '../../shared/adapters/sqlite-lineage-store.ts';
import { moveChampion } from '../../shared/domain/control.ts';

const [kind = '', location = '', rounds = '', name = ''] = process.argv.slice(2);

/** Numbers of the objects that this process was the first to write. */
async function raceForObjects(): Promise<readonly number[]> {
  const objects = new DirectoryObjectStore(location);
  const wins: number[] = [];
  for (let number = 0; number < Number(rounds); number += 1) {
    if (await objects.putIfAbsent(`prizes/${number}`, new TextEncoder().encode(name))) wins.push(number);
  }
  return wins;
}

/** Versions of the control item that this process wrote. */
async function raceForControl(): Promise<readonly number[]> {
  const lineage = new SqliteLineageStore(location);
  const wins: number[] = [];
  while (true) {
    const control = await lineage.getControl('prize');
    if (control === undefined || control.version >= Number(rounds)) break;
    const next = moveChampion(control, { at: '', to: name, kind: 'promote', by: name, reason: '' });
    if (await lineage.compareAndSetControl(control.version, next)) wins.push(next.version);
    await new Promise(setImmediate);
  }
  lineage.close();
  return wins;
}

process.send?.('ready');
await once(process, 'message');
process.send?.(await (kind === 'objects' ? raceForObjects() : raceForControl()));
process.disconnect();
