import type { AcceptedJob, Emulator, Endpoint, RequestRecord } from '../../src/emulator/index.ts';

/** Requests that the service saw for these endpoints, in order of arrival. */
export function requestsTo(emulator: Emulator, ...endpoints: readonly Endpoint[]): readonly RequestRecord[] {
  return emulator.requests().filter(({ endpoint }) => endpoints.includes(endpoint));
}

/** How often each endpoint was asked. */
export function requestCounts(emulator: Emulator): Partial<Record<Endpoint, number>> {
  const counts: Partial<Record<Endpoint, number>> = {};
  for (const { endpoint } of emulator.requests()) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  return counts;
}

/** Accepted jobs by the content of their input: the service's truth about "exactly once". */
function jobsByInput(emulator: Emulator): ReadonlyMap<string, readonly AcceptedJob[]> {
  const groups = new Map<string, AcceptedJob[]>();
  for (const job of emulator.accepted().jobs) {
    const input = job.inputSha256 ?? job.name;
    groups.set(input, [...(groups.get(input) ?? []), job]);
  }
  return groups;
}

/** How many jobs there are for each input, sorted: `[1, 1, 1]` is what it should be. */
export function jobsPerInput(emulator: Emulator): readonly number[] {
  return [...jobsByInput(emulator).values()].map((jobs) => jobs.length).sort((a, b) => a - b);
}
