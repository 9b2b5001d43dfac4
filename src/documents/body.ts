/** A document without its version, which the printer adds. */
export type Body<T extends { readonly schemaVersion: 1 }> = Omit<T, 'schemaVersion'>;
