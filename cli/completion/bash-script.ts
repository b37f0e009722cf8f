import type { Candidates, ProgramShape } from './command-shape.ts';
import { unique } from './unique.ts';

/** A completion script for bash 3.2 and later. */
export function bashScript({ name, options, commands }: ProgramShape): string {
  const all = unique([...options, ...commands.flatMap((command) => command.options)]);
  const valued = all.flatMap(({ flag, value }) => (value === null ? [] : [{ flag, value }]));
  return `# ${name} completion for bash. To use it: source <(${name} completion bash)
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" workspace=".ratchet" position=-1 index word
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      --workspace) index=$((index + 1)); workspace="\${COMP_WORDS[index]}" ;;
      ${valued
        .filter(({ flag }) => flag !== '--workspace')
        .map(({ flag }) => flag)
        .join('|')}) index=$((index + 1)) ;;
      -*) ;;
      *) [[ -z "$command" ]] && command="$word"; position=$((position + 1)) ;;
    esac
  done
  case "$previous" in
${valued.map(({ flag, value }) => `    ${flag}) ${reply(name, value)}; return ;;`).join('\n')}
  esac
  case "$command" in
    "") COMPREPLY=($(compgen -W "${[...commands.map((command) => command.name), ...options.map(({ flag }) => flag)].join(' ')}" -- "$current")) ;;
${commands
  .map(
    (command) => `    ${command.name})
      if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "${command.options.map(({ flag }) => flag).join(' ')}" -- "$current"))
        return
      fi
      case "$position" in
${command.arguments.map((candidates, index) => `        ${index}${command.repeats && index === command.arguments.length - 1 ? '|*' : ''}) ${reply(name, candidates)} ;;`).join('\n')}
      esac ;;`,
  )
  .join('\n')}
  esac
}
complete -F _${name} ${name}
`;
}

function reply(name: string, candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `COMPREPLY=($(compgen -W "${candidates.words.join(' ')}" -- "$current"))`;
    case 'models':
      return `COMPREPLY=($(compgen -W "$(${name} completion --models --workspace "$workspace" 2>/dev/null)" -- "$current"))`;
    case 'files':
      return 'COMPREPLY=($(compgen -f -- "$current"))';
    case 'directories':
      return 'COMPREPLY=($(compgen -d -- "$current"))';
    case 'nothing':
      return ':';
  }
}
