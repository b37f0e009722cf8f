import type { Candidates, CommandShape, OptionShape, ProgramShape } from './command-shape.ts';

/** A completion script for zsh. */
export function zshScript({ name, options, commands }: ProgramShape): string {
  return `#compdef ${name}
# ${name} completion for zsh. To use it: source <(${name} completion zsh), after compinit
_${name}_models() {
  local -a models
  models=(\${(f)"$(${name} completion --models --workspace "\${opt_args[--workspace]:-.ratchet}" 2>/dev/null)"})
  compadd -a models
}

_${name}() {
  local context state line
  typeset -A opt_args
  _arguments -C ${options.map((option) => specOf(name, option)).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
    command)
      local -a commands
      commands=(${commands.map((command) => quoted(`${command.name}:${command.summary}`)).join(' ')})
      _describe command commands ;;
    argument)
      case $words[1] in
${commands.map((command) => `        ${command.name}) _arguments ${specs(name, command).join(' ')} ;;`).join('\n')}
      esac ;;
  esac
}
compdef _${name} ${name}
`;
}

function specs(name: string, command: CommandShape): readonly string[] {
  return [
    ...command.options.map((option) => specOf(name, option)),
    ...command.arguments.map((candidates, index) => {
      const isLast = index === command.arguments.length - 1;
      return quoted(`${command.repeats && isLast ? '*' : index + 1}:${candidates.kind}:${action(name, candidates)}`);
    }),
  ];
}

function specOf(name: string, { flag, description, value }: OptionShape): string {
  const text = description.replaceAll(/[[\]:\\]/g, ' ');
  return quoted(`${flag}[${text}]${value === null ? '' : `:${value.kind}:${action(name, value)}`}`);
}

function action(name: string, candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `(${candidates.words.join(' ')})`;
    case 'models':
      return `_${name}_models`;
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'nothing':
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
