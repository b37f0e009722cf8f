/** By this file a directory is known to be a workspace; other files may lie beside it. */
export const lineageFile = 'lineage.sqlite';
/** The object store of a workspace. */
export const objectsFolder = 'objects';
/** What can be made again. */
export const cacheFolder = 'cache';
/** What a server acknowledged and has not moved into the trace log yet. */
export const journalFolder = 'journal';
/** Who did what to which model over HTTP: a file a day. */
export const auditFolder = 'audit';
