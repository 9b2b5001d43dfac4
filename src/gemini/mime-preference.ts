/** The MIME types to offer, best first; what was taken moves to the front for all later uploads. */
export interface MimePreference {
  readonly order: () => readonly string[];
  readonly worked: (mimeType: string) => void;
}

export function createMimePreference(mimeTypes: readonly string[]): MimePreference {
  let order = [...mimeTypes];
  return {
    order: () => order,
    worked: (mimeType) => {
      order = [mimeType, ...order.filter((other) => other !== mimeType)];
    },
  };
}
