/** Numbers, times and sizes for people. */

/** 1234567 to `1,234,567`. The same in every locale, so that output can be compared. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Virtual time in ns as seconds, in groups of three decimals as far as they say something: `1.500 s`, `0.000250 s`. */
export function seconds(ns: number): string {
  const fraction = String(ns % 1e9).padStart(9, '0');
  const decimals = fraction.endsWith('000000') ? 3 : fraction.endsWith('000') ? 6 : 9;
  return `${Math.floor(ns / 1e9)}.${fraction.slice(0, decimals)} s`;
}

/** A share as per cent with one decimal; a share that is not quite nothing or all never looks like it. */
export function percent(share: number): string {
  const shown = (share * 100).toFixed(1);
  if (share > 0 && shown === '0.0') return '<0.1 %';
  if (share < 1 && shown === '100.0') return '>99.9 %';
  return `${shown} %`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function bytes(value: number): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${BYTE_UNITS[unit]}`;
}

/** A rate with three significant digits: `1.23 M/s`. */
export function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toPrecision(3)} M/s`;
  if (perSecond >= 1e3) return `${(perSecond / 1e3).toPrecision(3)} k/s`;
  return `${perSecond.toFixed(0)} /s`;
}
