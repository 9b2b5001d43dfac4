import * as z from 'zod';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** A time of the service, as it was sent; undefined for anything that nobody could compare with another time. */
export const wireTime: z.ZodCatch<z.ZodOptional<z.ZodString>> = z
  .string()
  .refine((text) => RFC_3339.test(text) && !Number.isNaN(Date.parse(text)))
  .optional()
  .catch(undefined);
