/** Check digits and value ranges of well-known identifiers. Each takes digits or letters without separators. */

/** The Luhn sum of ISO/IEC 7812. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    let digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    if (digit < 0 || digit > 9) return false;
    if (at % 2 === 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits.length > 1 && sum % 10 === 0;
}

/** A card number: an issuer prefix in use, its length, and Luhn. */
export function isCard(digits: string): boolean {
  const prefix =
    /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6\d{11,18}|35\d{14}|50\d{10,17})$/;
  return prefix.test(digits) && luhn(digits) && !/^(\d)\1+$/.test(digits);
}

/** National Provider Identifier: Luhn over 80840 and the ten digits (CMS). */
export function isNpi(digits: string): boolean {
  return /^[12]\d{9}$/.test(digits) && luhn(`80840${digits}`);
}

/** DEA registration number: two letters (the second may be 9), seven digits, the last a checksum. */
export function isDea(text: string): boolean {
  if (!/^[A-Z][A-Z9]\d{7}$/i.test(text)) return false;
  const digit = (at: number): number => text.charCodeAt(at + 2) - 48;
  const sum = digit(0) + digit(2) + digit(4) + 2 * (digit(1) + digit(3) + digit(5));
  return sum % 10 === digit(6);
}

/** Medicare Beneficiary Identifier: the positions of letters and digits that CMS fixed; no check digit exists. */
export function isMbi(text: string): boolean {
  return /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d[AC-HJKMNP-RT-Y]{2}\d{2}$/i.test(
    text,
  );
}

/** Social Security number as ever issued: no area 000, 666 or 9xx, no group 00, no serial 0000 (SSA). */
export function isSsn(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits);
}

/** Lengths of IBANs by country (ISO 13616 registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27
  GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27
  MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28
  TL23 TN24 TR26 UA29 VA22 VG24 XK20`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** How many characters an IBAN of the country has whose code begins `text`; undefined where there is none. */
export function ibanLength(text: string): number | undefined {
  return IBAN_LENGTHS[text.slice(0, 2).toUpperCase()];
}

/** International Bank Account Number: its country's length, remainder 1 modulo 97. */
export function isIban(text: string): boolean {
  if (text.length !== ibanLength(text) || !/^[A-Z]{2}\d{2}[A-Z0-9]+$/i.test(text)) return false;
  let rest = 0;
  for (const letter of text.slice(4) + text.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

const VIN_VALUES = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Vehicle identification number: 17 characters without I, O, Q and the check digit of 49 CFR 565. */
export function isVin(text: string): boolean {
  if (!/^[A-HJ-NPR-Z0-9]{17}$/i.test(text) || !/\d/.test(text) || !/[A-Z]/i.test(text)) return false;
  let sum = 0;
  for (let at = 0; at < 17; at += 1) {
    const value = VIN_VALUES.indexOf((text[at] as string).toUpperCase()) % 10;
    sum += value * (VIN_WEIGHTS[at] as number);
  }
  return "0123456789X"[sum % 11] === (text[8] as string).toUpperCase();
}

/** A day that exists; `year` may have two digits. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  if (year > 99 && (year < 1850 || year > 2150)) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] as number);
}
