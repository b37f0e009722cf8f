/** Comments of a report between which agents' own words stand. No text of theirs can be one: it is escaped. */
export const transcriptMarks = { begin: '<!--transcripts-->', end: '<!--/transcripts-->' } as const;

/**
 * A report without what agents said. They quote traces cut and escaped, so that nothing can be searched for in it, and it
 * goes as a whole.
 */
export function withoutTranscripts(page: string): string {
  const from = page.indexOf(transcriptMarks.begin);
  const to = page.indexOf(transcriptMarks.end, from);
  if (from === -1 || to === -1) return page;
  return `${page.slice(0, from)}<p>What agents said is gone: traces that they may have quoted were erased.</p>${page.slice(to + transcriptMarks.end.length)}`;
}
