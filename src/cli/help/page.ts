/** A page of help as data: the terminal, the man page and the reference are all made from it. */
export interface HelpPage {
  /** `batch-submit run`, or the title of a topic. */
  readonly title: string;
  /** One sentence. */
  readonly summary: string;
  readonly usage: readonly string[];
  /** Paragraphs that follow the summary. */
  readonly text: readonly string[];
  readonly sections: readonly HelpSection[];
  readonly examples: readonly Example[];
  /** Where to read on. */
  readonly more: readonly Example[];
}

export interface HelpSection {
  readonly title: string;
  readonly rows: readonly HelpRow[];
}

/** What is explained, and its explanation. */
export interface HelpRow {
  readonly term: string;
  readonly text: string;
}

export type Example = readonly [command: string, meaning: string];
