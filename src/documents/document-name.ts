/** What the published documents are called; each has its schema in `docs/schema/<name>.schema.json`. */
export type DocumentName =
  | 'adopt'
  | 'cancel'
  | 'cancel-plan'
  | 'download'
  | 'download-plan'
  | 'emulator'
  | 'error'
  | 'event'
  | 'log'
  | 'plan'
  | 'prepared'
  | 'rehearsal'
  | 'report'
  | 'settings'
  | 'status'
  | 'unlock'
  | 'validation';
