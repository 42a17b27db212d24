// docs/deploy.md as data: its blocks, and its table of what works behind which proxy.
import fs from 'node:fs';

const text = fs.readFileSync(new URL('../../../docs/deploy.md', import.meta.url), 'utf8');

/**
 * The fenced blocks in their order: {language, content, file, heading}. `file` is the path that the
 * line before the block names, as in "`/etc/rotacast.toml`:".
 */
export function blocks() {
  const found = [];
  let heading = '';
  let open;
  let before = '';
  for (const line of text.split('\n')) {
    const fence = /^```(\w*)$/.exec(line);
    if (open && fence) {
      found.push({ ...open, content: `${open.lines.join('\n')}\n` });
      open = undefined;
      before = '';
    } else if (open) {
      open.lines.push(line);
    } else if (fence) {
      open = { language: fence[1], heading, file: /`(\/[^`]+)`.*:$/.exec(before)?.[1], lines: [] };
    } else {
      if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
      if (line !== '') before = line;
    }
  }
  return found;
}

/** The content of the block that is to be stored in this file. */
export function fileOf(path) {
  const block = blocks().find(({ file }) => file === path);
  if (!block) throw new Error(`docs/deploy.md does not show ${path}`);
  return block.content;
}

/** The lines of the table whose first column has this title, with their alignment taken out. */
export function table(title) {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  if (start < 0) throw new Error(`docs/deploy.md has no table that begins with ${title}`);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start, end);
}

/** Replaces each key by its value; each must occur, or the page has changed. */
export function substitute(content, replacements) {
  return Object.entries(replacements).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`docs/deploy.md does not say ${JSON.stringify(from)} here:\n${content}`);
    return result.replaceAll(from, to);
  }, content);
}

/**
 * The file that docs/deploy.md shows under this path, for a proxy at `place`: `changes` must apply,
 * and the names of the page's example are replaced where they occur.
 */
export function adapted(path, place, changes = {}) {
  const example = {
    '/etc/ssl/rota-and-key.pem': place.both, '/etc/ssl/rota.pem': place.certificate, '/etc/ssl/rota.key': place.key,
    '127.0.0.1:8080': place.backend, 'rota.example': 'localhost',
  };
  const result = substitute(fileOf(path), changes);
  return Object.entries(example).reduce((content, [from, to]) => content.replaceAll(from, to), result);
}
