import { RatchetError } from '../domain/base/errors.ts';
import { namedClusterSchema } from '../domain/cold-start/propose-clusters.ts';
import { describeIssues } from './parse-json-line.ts';
import { readLines } from './read-lines.ts';

/** A line has all texts of its cluster. */
const longestLine = 256 * 1024 * 1024;

/**
 * The examples that people made of clusters by naming them, as JSON lines of examples; clusters without a label are left out.
 * @param name of the file, for messages
 * @throws RatchetError InvalidInput for a line that is no cluster, and where none has a label
 */
export async function* examplesOfClusters(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let named = 0;
  for await (const line of readLines(bytes, longestLine)) {
    const where = `${name}, line ${line.number}`;
    const { label, inputs } = clusterOf(line.kind === 'text' ? line.text : '', where);
    if (label.trim() === '') continue;
    named += 1;
    for (const input of inputs) yield encoder.encode(`${JSON.stringify({ input, output: label.trim() })}\n`);
  }
  if (named > 0) return;
  throw new RatchetError('InvalidInput', `No cluster of ${name} has a label.`, {
    mend: 'Fill in "label" of at least two lines, then give the same command again.',
  });
}

function clusterOf(text: string, where: string): { readonly label: string; readonly inputs: readonly string[] } {
  const mend =
    'Change "label" alone, and take whole texts out of "inputs"; ratchet create MODEL --inputs FILE writes it anew.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RatchetError('InvalidInput', `${where} is not JSON.`, { mend });
  }
  const read = namedClusterSchema.safeParse(value);
  if (read.success) return read.data;
  throw new RatchetError('InvalidInput', `${where} is no cluster: ${describeIssues(read.error)}.`, { mend });
}
