import type { Candidates, OptionShape, ProgramShape } from './command-shape.ts';

/** A completion script for fish. */
export function fishScript({ name, options, commands }: ProgramShape): string {
  const names = commands.map((command) => command.name).join(' ');
  const line = (condition: string, rest: string): string => `complete -c ${name} -n ${quoted(condition)} ${rest}`;
  const first = `not __fish_seen_subcommand_from ${names}`;
  return `${[
    `# ${name} completion for fish. To use it: ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...options.map((option) => line(first, optionRest(name, option))),
    ...commands.flatMap((command) => {
      const seen = `__fish_seen_subcommand_from ${command.name}`;
      return [
        line(first, `-a ${command.name} -d ${quoted(command.summary)}`),
        ...command.options.map((option) => line(seen, optionRest(name, option))),
        ...command.arguments.flatMap((candidates) => {
          const given = values(name, candidates);
          return given === '' ? [] : [line(seen, given)];
        }),
      ];
    }),
  ].join('\n')}\n`;
}

function optionRest(name: string, { flag, description, value }: OptionShape): string {
  const given = value === null ? '' : ` -r ${values(name, value)}`;
  return `-l ${flag.replace(/^--/, '')} -d ${quoted(description)}${given}`.trimEnd();
}

function values(name: string, candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `-a ${quoted(candidates.words.join(' '))}`;
    case 'models':
      return `-a ${quoted(`(${name} completion --models 2>/dev/null)`)}`;
    case 'files':
      return '-F';
    case 'directories':
      return `-a ${quoted('(__fish_complete_directories)')}`;
    case 'nothing':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
