/** Monday 2023-01-02, counted in days from 1970-01-01: the first week with totals. */
const firstMonday = 19359;

/** ISO dates of the Mondays of `history` weeks before the first total and `weeks` from it on. */
export function mondays(history: number, weeks: number): string[] {
  return Array.from({ length: history + weeks }, (_, p) => isoDate(firstMonday + 7 * (p - history)));
}

/** ISO date of a day counted from 1970-01-01. The year is taken to begin on 1 March, so that a leap day ends it. */
export function isoDate(day: number): string {
  const shifted = day + 719468; // days from 0000-03-01
  const era = Math.floor(shifted / 146097); // of 400 years
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const padded = (value: number, digits: number) => String(value).padStart(digits, '0');
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
}
