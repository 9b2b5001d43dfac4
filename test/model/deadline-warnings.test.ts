import { describe, expect, test } from 'vitest';
import { warnOfDeadlines, warnOfStuckJobs } from '../../src/model/deadline-warnings.ts';
import type { Deadline, DeadlineKind } from '../../src/model/deadlines.ts';
import { ago } from './moments.ts';

/** A deadline of each batch, so many hours away. */
function ahead(
  hoursLeft: number,
  batches: readonly number[] = [1],
  what: DeadlineKind = 'results',
  more: Partial<Deadline> = {},
): readonly Deadline[] {
  const hasJob = what !== 'input';
  const life = { what, at: ago(-hoursLeft), hoursLeft, lifeHours: 48, hasJob };
  return batches.map((batch) => ({ batch, ...life, ...more }));
}

function warnings(deadlines: readonly Deadline[], told = new Set<string>()): readonly string[] {
  return warnOfDeadlines(deadlines, told);
}

describe('warnOfDeadlines()', () => {
  test.for([
    { left: 24, time: undefined },
    { left: 23.9, time: '24 hours' },
    { left: 12, time: '24 hours' },
    { left: 11.9, time: '12 hours' },
    { left: 5.9, time: '6 hours' },
    { left: 1.9, time: '2 hours' },
    { left: 0.9, time: '1 hour' },
    { left: 0.01, time: '1 hour' },
  ])('with $left h left: less than $time', ({ left, time }) => {
    expect(warnings(ahead(left))).toEqual(
      time === undefined
        ? []
        : [
            `1 result may be gone in less than ${time} (batch 1); \`batch-submit download\` saves what is there`,
          ],
    );
  });

  test('says of each kind what happens and what to do', () => {
    const batches = [3, 4, 5, 9];
    expect([
      ...warnings(ahead(5, batches, 'input')),
      ...warnings(ahead(5, batches, 'input', { hasJob: true })),
      ...warnings(ahead(5, batches, 'job')),
      ...warnings(ahead(5, batches, 'results')),
    ]).toMatchInlineSnapshot(`
      [
        "4 inputs expire in less than 6 hours (batches 3-5, 9); what is near its end is uploaded again by itself before its job is made",
        "4 inputs of pending jobs expire in less than 6 hours (batches 3-5, 9); a pending job may still need its input; if it fails, \`batch-submit retry\` uploads it again",
        "4 jobs expire in less than 6 hours (batches 3-5, 9); nothing helps but to wait, and \`batch-submit retry\` after they expire",
        "4 results may be gone in less than 6 hours (batches 3-5, 9); \`batch-submit download\` saves what is there",
      ]
    `);
  });

  test('says of each kind that its time is over', () => {
    expect([
      ...warnings(ahead(0, [1, 2], 'input')),
      ...warnings(ahead(-1, [1], 'input', { hasJob: true })),
      ...warnings(ahead(-1, [1, 2], 'job')),
      ...warnings(ahead(-1, [1], 'results')),
    ]).toMatchInlineSnapshot(`
      [
        "2 inputs have expired (batches 1-2); what is near its end is uploaded again by itself before its job is made",
        "1 input of a pending job has expired (batch 1); a pending job may still need its input; if it fails, \`batch-submit retry\` uploads it again",
        "2 jobs are older than a job may be (batches 1-2); nothing helps but to wait, and \`batch-submit retry\` after they expire",
        "1 result may be gone by now (batch 1); \`batch-submit download\` saves what is there",
      ]
    `);
  });

  test('one sentence for each distance, so that the nearest stand out', () => {
    const texts = warnings([...ahead(0.5, [7]), ...ahead(5, [3, 4]), ...ahead(30, [1])]);
    expect(texts.map((text) => text.split(';')[0])).toEqual([
      '1 result may be gone in less than 1 hour (batch 7)',
      '2 results may be gone in less than 6 hours (batches 3-4)',
    ]);
  });

  test('each kind and distance once in a run', () => {
    const told = new Set<string>();
    expect(warnings(ahead(23), told)).toHaveLength(1);
    expect(warnings(ahead(20), told)).toEqual([]);
    expect(warnings(ahead(19, [1, 2]), told)).toEqual([]);
    expect(warnings([...ahead(18), ...ahead(18, [1], 'job')], told)).toEqual([
      expect.stringMatching(/^1 job expires in less than 24 hours/),
    ]);
    expect(warnings([...ahead(11), ...ahead(18, [1], 'job')], told)).toEqual([
      expect.stringMatching(/^1 result may be gone in less than 12 hours/),
    ]);
    expect(warnings([...ahead(11), ...ahead(18, [1], 'job')], told)).toEqual([]);
  });

  test('is news again after all of its kind were out of danger', () => {
    const told = new Set<string>();
    expect(warnings([...ahead(5), ...ahead(5, [1], 'job')], told)).toHaveLength(2);
    expect(warnings(ahead(5, [1], 'job'), told)).toEqual([]);
    expect(warnings([...ahead(5, [2]), ...ahead(5, [1], 'job')], told)).toEqual([
      expect.stringContaining('(batch 2)'),
    ]);
  });

  test('an input without a job and one of a pending job are told apart', () => {
    const told = new Set<string>();
    const both = [...ahead(5, [1], 'input'), ...ahead(5, [2], 'input', { hasJob: true })];
    expect(warnings(both, told)).toHaveLength(2);
    expect(warnings(ahead(5, [1], 'input'), told)).toEqual([]);
    expect(warnings(both, told)).toHaveLength(1);
  });

  test.for([
    { life: 1 / 6, left: 0.042, time: undefined },
    { life: 1 / 6, left: 0.041, time: '2m 30s' },
    { life: 4, left: 1.1, time: undefined },
    { life: 4, left: 0.9, time: '1h' },
    { life: 8, left: 1.9, time: '2 hours' },
    { life: undefined, left: 0.9, time: '1 hour' },
  ])('of a life of $life h with $left h left: less than $time', ({ life, left, time }) => {
    const texts = warnings(ahead(left, [1, 2], 'input', { lifeHours: life }));
    expect(texts.map((text) => text.split(';')[0])).toEqual(
      time === undefined ? [] : [`2 inputs expire in less than ${time} (batches 1-2)`],
    );
  });

  test('a warning comes before the last quarter of any life begins', () => {
    for (let life = 0.1; life <= 60; life += 0.1) {
      const left = life / 4 - 0.001;
      expect(warnings(ahead(left, [1], 'input', { lifeHours: life })), `${life} h`).toHaveLength(1);
    }
  });
});

describe('warnOfStuckJobs()', () => {
  const waiting = (hours: number, ...batches: readonly number[]): { batch: number; hours: number }[] =>
    batches.map((batch) => ({ batch, hours }));

  test('says once how many wait, how long, and that nothing is gained by new ones', () => {
    const told = new Set<string>();
    expect(warnOfStuckJobs(waiting(23.9, 1, 2), told)).toEqual([]);
    expect(warnOfStuckJobs([...waiting(26.5, 4), ...waiting(24, 5, 6), ...waiting(1, 7)], told))
      .toMatchInlineSnapshot(`
        [
          "3 jobs are pending for 24 hours or more, the oldest for 26 hours (batches 4-6); creating such jobs anew did not help others, and a job expires after 48 hours",
        ]
      `);
    expect(warnOfStuckJobs(waiting(40, 4, 5, 6, 7), told)).toEqual([]);
  });

  test('speaks of one job as one', () => {
    expect(warnOfStuckJobs(waiting(24, 3), new Set())).toEqual([
      expect.stringMatching(/^1 job is pending for 24 hours or more, the oldest for 24 hours \(batch 3\);/),
    ]);
  });
});
