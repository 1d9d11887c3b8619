import { readTraining } from './training-file.ts';

/** `chex validate`: all faults at once, or a line that says it is sound. */
export async function validate({ file, print }: { file: string; print: (line: string) => void }): Promise<void> {
  const { metadata, spec } = await readTraining(file);
  const count = spec.observations.length;
  print(`${file} is sound: ${metadata.namespace}/${metadata.name}, ${count} ${count === 1 ? 'observation' : 'observations'}.`);
}
