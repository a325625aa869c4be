/** The forms in which people write one and the same date, phone number or record number. */

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** An ISO day as one of twelve written forms; equal `form` gives the equal form. */
export function writtenDate(day: string, form: number): string {
  const [y, m, d] = day.split("-") as [string, string, string];
  const month = MONTHS[Number(m) - 1]!;
  const short = month.slice(0, 3);
  const forms = [
    `${m}/${d}/${y}`,
    `${Number(m)}/${Number(d)}/${y.slice(2)}`,
    `${month} ${Number(d)}, ${y}`,
    `${Number(d)} ${short} ${y}`,
    day,
    `${short} ${ordinal(Number(d))}, ${y}`,
    `${m}-${d}-${y}`,
    `${DAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]}, ${month} ${Number(d)}, ${y}`,
    `${d}-${short.toUpperCase()}-${y}`,
    `the ${ordinal(Number(d))} of ${month} ${y}`,
    `${short}. ${Number(d)}, ${y}`,
    `${month} ${ordinal(Number(d))}`,
  ];
  return forms[form % forms.length]!;
}

/** `617-555-0142` as one of six written forms. */
export function writtenPhone(phone: string, form: number): string {
  const [area, exchange, line] = phone.split("-") as [string, string, string];
  const forms = [
    phone,
    `(${area}) ${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `+1 ${area} ${exchange} ${line}`,
    `1-${phone}`,
    `${area} ${exchange} ${line}`,
  ];
  return forms[form % forms.length]!;
}

/** A record number with the words that announce it. */
export function writtenMrn(mrn: string, form: number): string {
  const forms = [`MRN ${mrn}`, `MRN: ${mrn}`, `MR# ${mrn}`, `Medical record number ${mrn}`, `(mrn ${mrn})`];
  return forms[form % forms.length]!;
}

function ordinal(number: number): string {
  const suffix = number % 100 >= 11 && number % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${suffix}`;
}
