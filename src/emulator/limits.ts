/** Documented limit of a request body, and so of inline jobs. */
export const PAYLOAD_LIMIT_BYTES: number = 20_971_520;

/** Enough for the metadata of an upload, an update or a control request. */
export const METADATA_LIMIT_BYTES: number = 1024 * 1024;
