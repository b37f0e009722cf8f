import { headOf } from '../../../../shared/intake/formats/peek.ts';
import type { FileHead, FormatItem, TraceFormat } from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../bytes.ts';

/** What a format reads from a file. */
export async function itemsOf(
  format: TraceFormat,
  content: string | Uint8Array,
  pieceSize?: number,
): Promise<FormatItem[]> {
  const items: FormatItem[] = [];
  for await (const item of format.read(bytesOf(content, pieceSize), 'file')) items.push(item);
  return items;
}

/** A whole file as its head. */
export function headOfText(content: string): FileHead {
  return headOf(new TextEncoder().encode(content), true);
}

/** Objects as JSON lines. */
export function linesOf(...objects: readonly unknown[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
