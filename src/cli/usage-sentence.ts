/** What is wrong with the arguments of `chex`, from commander's words, as a sentence with what to do next. */
export function usageSentence(words: string): string {
  for (const [pattern, sentence] of sentences) {
    const match = pattern.exec(words);
    if (match !== null) return `${sentence(match)} ${nearest(words)}`.trimEnd();
  }
  return words.replace(/^error: /, '').trim();
}

const sentences: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/required option '(.+)' not specified/, ([, option]) => `The option ${option} is missing: it must be given.`],
  [/option '(.+)' argument missing/, ([, option]) => `The option ${option} has no value: write one after it.`],
  [/option '(.+)' argument '(.*)' is invalid\. (.+)/, ([, option, value, rule]) => `The option ${option} cannot be "${value}". ${rule}`],
  [/option '(.+)' value '(.*)' from env '(.+)' is invalid\. (.+)/, ([, option, value, variable, rule]) => `The option ${option} cannot be "${value}", which stands in the environment as ${variable}. ${rule}`],
  [/unknown option '(.+)'/, ([, option]) => `There is no option ${option}.`],
  [/unknown command '(.+)'/, ([, command]) => `There is no command ${command}.`],
  [/too many arguments/, () => 'There are words that belong to no option.'],
];

function nearest(words: string): string {
  const [, near] = /\(Did you mean (?:one of )?(.+)\?\)/.exec(words) ?? [];
  return near === undefined ? '' : `Did you mean ${near}?`;
}
