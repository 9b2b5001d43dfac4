import type { Cost } from '../model/prices.ts';
import type { ReportedWave } from './final-report.ts';

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
/** Stands for a text that is no date: such a text is shown nowhere. */
const UNREADABLE = 'unknown time';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE_MS = 60_000;

/** `20,400` */
export function count(n: number): string {
  return WHOLE.format(n);
}

/** `1 batch`, `20,400 batches` */
export function plural(n: number, one: string, many: string): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `8,120`, `812 k`, `8.12 M`: three digits are enough to compare by. */
export function tokens(n: number): string {
  if (n < 10_000) return count(n);
  if (n < 999_500) return `${Math.round(n / 1000)} k`;
  const millions = n / 1_000_000;
  if (millions >= 999.5) return `${(millions / 1000).toFixed(2)} G`;
  return `${millions.toFixed(millions < 9.995 ? 2 : millions < 99.95 ? 1 : 0)} M`;
}

/** `3, 2 answered`: the rows of other batches that a wave sent again; `–` for none. */
export function sentAgainInWords({ sent_again, sent_again_answered }: ReportedWave): string {
  return sent_again === 0 ? '–' : `${count(sent_again)}, ${count(sent_again_answered)} answered`;
}

/** `99.99%`, rounded down, because 100% means that nothing is missing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const hundredths = Math.floor((part * 10_000) / whole) / 100;
  return `${Number.isInteger(hundredths) ? hundredths : hundredths.toFixed(2)}%`;
}

/** `$12.34`, `EUR 12.34`, `$0.0042`; `not known` where a price is missing. */
export function money(amount: number | null, currency: string): string {
  if (amount === null) return 'not known';
  const digits = amount === 0 || amount >= 0.995 ? 2 : amount >= 0.01 ? 3 : 6;
  const value = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(amount);
  return currency === 'USD' ? `$${value}` : `${currency.replaceAll(/[^A-Za-z]/g, '').slice(0, 8)} ${value}`;
}

/** `22 Nov 2026` in UTC. */
export function day(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? UNREADABLE : `${dayAndMonth(time)} ${new Date(time).getUTCFullYear()}`;
}

/** `22 Nov 2026, 21:40` in UTC; `–` for no time. */
export function moment(at: string | null): string {
  if (at === null) return '–';
  const time = Date.parse(at);
  return Number.isNaN(time) ? UNREADABLE : `${day(at)}, ${clock(time)}`;
}

/** The amount, and what it rests on. A missing price leaves a part of the sum, which must not pass for the whole. */
export function costInWords({ amount, currency, by_model }: Cost): {
  readonly amount: string;
  readonly basis: string;
} {
  if (amount !== null) return { amount: money(amount, currency), basis: 'estimated from the token counts' };
  const known = by_model.flatMap((model) => model.amount ?? []);
  const sum = known.reduce((total, part) => total + part, 0);
  const rest = known.length === 0 ? '' : `; ${money(sum, currency)} without it`;
  return { amount: 'Not known', basis: `because a price is missing${rest}` };
}

/** `22 Nov` in UTC. */
export function dayAndMonth(time: number): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** `21:40` in UTC. */
export function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

/** `22 Nov, 21:40` in UTC, where the year stands elsewhere. */
export function shortMoment(at: string | null): string {
  const time = Date.parse(at ?? '');
  return Number.isNaN(time) ? moment(at) : `${dayAndMonth(time)}, ${clock(time)}`;
}

/** `under a minute`, `42 min`, `2 h 05 min`, `3 d 4 h` */
export function lasting(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
