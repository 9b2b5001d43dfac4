import { z } from 'zod';

/** Which batches a call is about, such as `3,7,81-90`; without it all of them. The commands check the numbers. */
export const choice: { readonly only: z.ZodOptional<z.ZodString> } = { only: z.string().optional() };

/** How many seconds a working tool may take. */
export const pace: { readonly maxSeconds: z.ZodOptional<z.ZodNumber> } = {
  maxSeconds: z.number().optional(),
};
