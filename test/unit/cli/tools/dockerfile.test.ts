import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaultPort } from '../../../../cli/commands/serve.ts';
import { buildProgram } from '../../../../cli/program.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The instructions in order, lines that are continued joined. */
const instructions = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ')[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));

function all(name: string): string[] {
  return instructions.filter((one) => one.name === name).map(({ rest }) => rest);
}

describe('the Dockerfile', () => {
  test('builds on the Node that the project is tested on, by scripts that there are', () => {
    const [major] = manifest.devDependencies.node.split('.');
    for (const image of all('FROM')) expect(image).toMatch(new RegExp(`^node:${major}-`));
    const scripts = [
      ...all('RUN')
        .join(' ')
        .matchAll(/npm run (\S+)/g),
    ].map(([, script]) => script);
    expect(scripts).toEqual(['build:package']);
    expect(Object.keys(manifest.scripts)).toContain('build:package');
  });

  test('copies what the build needs, and installs the command that the package has', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const needed = [
      'package.json',
      'package-lock.json',
      '.npmrc',
      'tsconfig.package.json',
      'cli',
      'shared',
      'infra',
      'docs',
      'console',
      'LICENSE',
      'NOTICE',
    ];
    for (const path of needed) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(ignored).not.toContain(path);
    }
    const [command] = JSON.parse(all('ENTRYPOINT')[0] ?? '[]');
    expect(Object.entries(manifest.bin)).toEqual([[command, 'cli/bin/ratchet.js']]);
    expect(all('COPY').at(-1)).toBe('--from=build /build/dist/package /app');
    expect(all('RUN').at(-1)).toContain(`ln -s /app/cli/bin/ratchet.js /usr/local/bin/${command} `);
  });

  test('has beside the package what package-lock.json pins', () => {
    expect(all('RUN')[0]).toMatch(
      /cp package-lock\.json dist\/package\/ *&& cd dist\/package && npm install --omit=dev /,
    );
  });

  test('is made of nothing that git ignores', () => {
    const linesOf = (name: string) =>
      readFileSync(join(root, name), 'utf8')
        .split('\n')
        .map((line) => line.replace(/\/$/, ''))
        .filter((line) => line !== '' && !line.startsWith('#'));
    expect(linesOf('.dockerignore')).toEqual(expect.arrayContaining(linesOf('.gitignore').map((line) => `**/${line}`)));
  });

  test('serves as the command does, as another user than root who may write to the volume', () => {
    const [name = '', ...options] = JSON.parse(all('CMD')[0] ?? '[]') as string[];
    const program = buildProgram({ stdout: process.stdout, stderr: process.stderr }, async () => undefined);
    const serve = program.commands.find((one) => one.name() === name);
    const known = serve?.options.flatMap(({ long }) => long ?? []) ?? [];
    expect(known).toEqual(expect.arrayContaining(options.filter((option) => option.startsWith('--'))));
    expect(all('EXPOSE')).toEqual([String(defaultPort)]);
    expect(all('HEALTHCHECK')[0]).toContain(`http://127.0.0.1:${defaultPort}/healthz`);

    const [user = ''] = all('USER');
    const [volume = ''] = all('VOLUME');
    expect(user).not.toMatch(/^(root|0)?$/);
    expect(all('RUN').join('\n')).toContain(`chown ${user}:${user} ${volume}`);
    expect(all('WORKDIR').at(-1)).toBe(volume);
    const places = instructions.map((one) => one.name);
    expect(places.lastIndexOf('USER')).toBeGreaterThan(places.lastIndexOf('RUN'));
  });
});
