import { observations } from '../../api/observations.ts';

/** `kubectl` is no shell: it asks a program `kubectl_complete-chex` on the PATH what may follow `kubectl chex`. */
export const shells = ['bash', 'zsh', 'kubectl'] as const;
export type Shell = (typeof shells)[number];

/** Words that follow a command; `trainings` stands for the names in the namespace, and none for files. */
const words: Readonly<Record<string, 'trainings' | 'steps' | 'observations' | 'shells' | 'none'>> = {
  ...{ status: 'trainings', watch: 'trainings', cost: 'trainings', suspend: 'trainings', resume: 'trainings', report: 'trainings' },
  ...{ logs: 'steps', rerun: 'observations', completion: 'shells', estimate: 'none' },
};

/** A script that completes `kubectl-chex` in a shell, or the program that kubectl asks. Names of trainings are asked of the cluster. */
export function completionScript(shell: Shell): string {
  const known = { steps: ['catalog', 'preprocess', 'combined', ...observations].join(' '), observations: observations.join(' '), shells: shells.join(' '), none: '' };
  const trainings = '$(kubectl get chextrainings $namespace --output=name 2>/dev/null | sed s,.*/,,)';
  const cases = Object.entries(words).map(([command, kind]) => `    ${command}) words="${kind === 'trainings' ? trainings : known[kind]}" ;;`);
  const script = [
    '_kubectl_chex() {',
    '  local words namespace= place current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  for ((place = 1; place < COMP_CWORD - 1; place++)); do',
    '    case "${COMP_WORDS[place]}" in -n|--namespace) namespace="--namespace=${COMP_WORDS[place+1]}" ;; esac',
    '  done',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${Object.keys(words).join(' ')}"; fi`,
    '  case "$before" in',
    `    -t|--training) words="${trainings}" ;;`,
    '    -o|--output) words="table json yaml" ;;',
    '    -n|--namespace|--context|--kubeconfig|--out|--endpoint|--instance-type|--images-per-second|--tail) words= ;;',
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
  ];
  const register = 'complete -o default -F _kubectl_chex kubectl-chex';
  switch (shell) {
    case 'bash':
      return [...script, register].join('\n');
    case 'zsh':
      return ['(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }', 'autoload -Uz bashcompinit && bashcompinit', ...script, register].join('\n');
    case 'kubectl':
      return ['#!/usr/bin/env bash', ...script, 'COMP_WORDS=(kubectl-chex "$@")', 'COMP_CWORD=$#', '_kubectl_chex', ...answer].join('\n');
  }
}

/** As kubectl wants it: a line a word, then :4 for "and no files", or :0 for files where no word is known. */
const answer = ['if [ "${#COMPREPLY[@]}" -eq 0 ]; then echo :0; exit; fi', `printf '%s\\n' "\${COMPREPLY[@]}" :4`];
