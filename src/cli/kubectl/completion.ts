import { observations } from '../../api/observations.ts';

export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** Words that follow a command; `trainings` stands for the names in the namespace. */
const words: Readonly<Record<string, 'trainings' | 'steps' | 'observations' | 'shells' | 'none'>> = {
  ...{ status: 'trainings', watch: 'trainings', cost: 'trainings', suspend: 'trainings', resume: 'trainings', report: 'trainings' },
  ...{ logs: 'steps', rerun: 'observations', completion: 'shells', estimate: 'none' },
};

/** A script that completes `kubectl-chex` in a shell. Names of trainings are asked of the cluster. */
export function completionScript(shell: Shell): string {
  const known = { steps: ['catalog', 'preprocess', 'combined', ...observations].join(' '), observations: observations.join(' '), shells: shells.join(' '), none: '' };
  const trainings = '$(kubectl get chextrainings --output=name 2>/dev/null | sed s,.*/,,)';
  const cases = Object.entries(words).map(([command, kind]) => `    ${command}) words="${kind === 'trainings' ? trainings : known[kind]}" ;;`);
  const script = [
    '_kubectl_chex() {',
    '  local words current="${COMP_WORDS[COMP_CWORD]}"',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${Object.keys(words).join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _kubectl_chex kubectl-chex',
  ];
  const zsh = ['autoload -Uz bashcompinit && bashcompinit'];
  return [...(shell === 'zsh' ? zsh : []), ...script].join('\n');
}
