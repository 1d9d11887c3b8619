import { z } from 'zod';

const losses = z.strictObject({ train: z.number(), validation: z.number().nullable() });

/** summary.json beside autoencoder.h5: what the report shows of it. Pictures are PNG files in base64. */
export const autoencoderSummarySchema = z.strictObject({
  digest: z.string(),
  /** What `history` measures. */
  loss: z.enum(['MeanAbsoluteError', 'MeanSquaredError']),
  /** Loss of every epoch, first to last. */
  history: z.array(losses),
  examples: z.array(z.strictObject({ original: z.base64(), reconstruction: z.base64() })),
});

export type AutoencoderSummary = z.output<typeof autoencoderSummarySchema>;
