import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Body } from './api-client.ts';

const ROOT = new URL('../../../fixtures/wire/', import.meta.url);

export function readSchemas(): Readonly<Record<string, Body>> {
  return JSON.parse(readFileSync(new URL('schema.json', ROOT), 'utf8')).components.schemas;
}

/** `{status, headers?, body}` as published from the live service. */
export function readObserved(name: string): Body {
  return JSON.parse(readFileSync(new URL(`observed/${name}.json`, ROOT), 'utf8'));
}

export function readObservedLine(name: string): Body {
  return JSON.parse(readFileSync(new URL(`observed/${name}.jsonl`, ROOT), 'utf8'));
}

export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly body?: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
  };
  readonly response: {
    readonly code: number;
    readonly body: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
  };
}

export function readRecording(name: string): readonly Exchange[] {
  return parse(readFileSync(new URL(`${name}.yaml`, ROOT), 'utf8')).interactions;
}
