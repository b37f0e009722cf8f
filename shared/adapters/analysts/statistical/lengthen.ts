import type { TaskKind } from '../../../domain/base/task-kind.ts';
import type { UsableRecord } from '../../../domain/traces/trace-record.ts';
import type { Draft } from './draft.ts';
import { groupBy } from './group.ts';
import { joined } from './splice.ts';

/**
 * Inputs grown step by step to the length of the members, by joining others of the same right output: half way, the
 * length itself, and half as much again. Where the members are shorter than the material, its first words instead.
 */
export function lengthenStepwise(
  material: readonly UsableRecord[],
  members: readonly string[],
  count: number,
  kind: Pick<TaskKind, 'key'>,
): Draft[] {
  const lengths = members.map((member) => member.length).sort((a, b) => a - b);
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0;
  const own = material.map((record) => record.input.length).sort((a, b) => a - b);
  const median = own[Math.floor(own.length / 2)] ?? 0;
  if (usual < median)
    return material
      .slice(0, 2 * count)
      .map((record) => ({ input: cut(record.input, usual), output: record.expected, record, method: 'shorten' }));
  const alike = groupBy(material, (record) => kind.key(record.expected));
  const steps = [1, 1.5, 0.75];
  return material.slice(0, 2 * count).flatMap((record, at): Draft[] => {
    const wanted = usual * (steps[at % steps.length] ?? 1);
    const others = alike.get(kind.key(record.expected)) ?? [];
    const start = others.indexOf(record);
    const parts = [record.input];
    let length = record.input.length;
    for (let step = 1; step < others.length && length < wanted; step += 1) {
      const next = others[(start + step) % others.length]?.input ?? '';
      parts.push(next);
      length += next.length;
    }
    return length < 0.75 * wanted
      ? []
      : [{ input: joined(parts), output: record.expected, record, method: 'lengthen' }];
  });
}

function cut(text: string, length: number): string {
  const head = text.slice(0, Math.max(1, length));
  return text.length <= length ? text : head.slice(0, Math.max(1, head.lastIndexOf(' '))).trimEnd();
}
