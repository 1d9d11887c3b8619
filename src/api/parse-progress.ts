import { z } from 'zod';
import type { Progress } from './progress.ts';

const loss = z.number();

const progressSchema = z.object({
  ratio: z.number().min(0).max(1),
  epoch: z.int().min(0).optional(),
  epochs: z.int().min(1).optional(),
  loss: z.object({ train: loss.optional(), validation: loss.optional() }).optional(),
  imagesPerSecond: z.number().min(0).optional(),
  inputWaitRatio: z.number().min(0).max(1).optional(),
  remainingSeconds: z.number().min(0).optional(),
  message: z.string().optional(),
  savedAt: z.number().optional(),
  updatedAt: z.number(),
});

/** A worker's answer to GET /progress; null where it is none. */
export function parseProgress(body: string): Progress | null {
  try {
    const parsed = progressSchema.safeParse(JSON.parse(body));
    return parsed.success ? (withoutUndefined(parsed.data) as Progress) : null;
  } catch {
    return null;
  }
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}
