/**
 * phantoms/ makes synthetic chest X-rays whose truth is known: a chest, the signs of its findings by severity, a film.
 * They look like films enough to exercise every stage and to show whether a model learns; they teach no medicine.
 * Everything follows from the seed and the size.
 */
import type { Grey } from '../../imaging/grey.ts';
import { openRandom } from '../../random/random.ts';
import { drawBones, drawSoftTissue } from './anatomy.ts';
import { openCanvas } from './canvas.ts';
import { describeBody, poseChest } from './chest.ts';
import type { Chest } from './chest.ts';
import { expose } from './exposure.ts';
import { drawLung } from './lung.ts';
import type { Drawing } from './sign.ts';
import { findings, signs } from './signs.ts';
import type { Finding } from './signs.ts';

/** 0 is none, 1 the worst. */
export type Severities = Readonly<Partial<Record<Finding, number>>>;

export interface PhantomRequest {
  readonly seed: number;
  /** Films of one patient show one body. */
  readonly patient: string;
  /** Which of the patient's films. */
  readonly film: string;
  readonly view: Chest['view'];
  readonly severities: Severities;
  readonly width: number;
  readonly height: number;
}

/**
 * Renders a film. Each finding draws from a random stream of its own, so that two films that differ in one severity
 * differ in that sign alone.
 */
export function renderPhantom({ seed, patient, film, view, severities, width, height }: PhantomRequest): Grey {
  const random = (name: string) => openRandom(seed, `${patient} ${film} ${name}`);
  const present = findings.flatMap((finding) => {
    const severity = severities[finding] ?? 0;
    return severity > 0 ? [{ finding, severity, ...signs[finding] }] : [];
  });
  let chest = poseChest(describeBody(openRandom(seed, `${patient} body`)), view, random('pose'));
  for (const { finding, severity, shape } of present) chest = shape?.(chest, severity, random(finding)) ?? chest;
  const canvas = openCanvas(width, height);
  const drawing: Drawing = { canvas, chest, lungs: chest.lungs.map((lung) => drawLung(lung, canvas)) };
  drawSoftTissue(canvas, drawing, random('vessels'));
  for (const { finding, severity, soft } of present) soft?.(drawing, severity, random(finding));
  drawBones(canvas, chest);
  for (const { finding, severity, hard } of present) hard?.(drawing, severity, random(finding));
  return { width, height, pixels: expose(canvas, random('exposure')) };
}
