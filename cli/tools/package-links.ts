import { posix } from 'node:path';

/** `[label](target)` and `![alt](target)`; a label may hold brackets, or an image. */
const link = /(!?)\[((?:[^[\]]|!?\[[^[\]]*\](?:\([^()]*\))?)*)\]\(([^()\s]+)\)/g;

/**
 * A document in Markdown whose relative links all lead somewhere: of one that does not, its label stays, with the path that
 * it leads to where the project's own files are.
 * @param file the document's path in the package, with `/`
 * @param isThere whether the package has a file or a folder of that path
 */
export function withoutDeadLinks(text: string, file: string, isThere: (path: string) => boolean): string {
  // What is shown as code has no links.
  const parts = text.split(/(^```[\s\S]*?^```|`[^`\n]+`(?!\]))/m);
  return parts.map((part, at) => (at % 2 === 1 ? part : lively(part, file, isThere))).join('');
}

function lively(text: string, file: string, isThere: (path: string) => boolean): string {
  return text.replace(link, (whole: string, image: string, label: string, target: string) => {
    const path = relativePath(target, file);
    const inner = image === '' ? lively(label, file, isThere) : label;
    if (path === null || isThere(path)) return whole.replace(label, () => inner);
    if (image !== '') return label;
    return `/${path}`.endsWith(`/${inner.replaceAll('`', '')}`) ? inner : `${inner} (\`${path}\`)`;
  });
}

/** Where a link leads to in the package; null for one that leads elsewhere or within its document. */
function relativePath(target: string, file: string): string | null {
  if (/^(?:[a-z][a-z0-9+.-]*:|#|\/)/i.test(target)) return null;
  return posix.join(posix.dirname(file), decodeURIComponent(target.replace(/[#?].*$/, '')));
}
