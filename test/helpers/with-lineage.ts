import type { Workspace } from '../../cli/workspace.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';

/** The workspace with some things of its lineage store done otherwise. */
export function withLineage(workspace: Workspace, change: (lineage: LineageStore) => Partial<LineageStore>): Workspace {
  const { lineage } = workspace.ports;
  const changed = change(lineage);
  const proxy = new Proxy(lineage, {
    get(target, name) {
      const own: unknown = Reflect.get(changed, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...workspace, ports: { ...workspace.ports, lineage: proxy } };
}
