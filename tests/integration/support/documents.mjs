// What the documents show, for tests that run it.
import fs from 'node:fs';

/** The contents of a document's code blocks, {kind, text}; `path` from the root folder. */
export function blocksOf(path) {
  const text = fs.readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind, block]) => ({ kind, text: block.trim() }));
}
