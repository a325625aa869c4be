/** Check digits of identifiers of Spain and Latin America. Each takes digits and letters without separators. */

const LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

/** DNI of Spain (eight digits, Real Decreto 1553/2005) or NIE (X, Y, Z and seven): the letter is the remainder by 23. */
export function isDni(text: string): boolean {
  const match = /^([XYZ]?)(\d{7,8})([A-Z])$/i.exec(text);
  if (match === null || (match[1] === "") !== (match[2]?.length === 8)) return false;
  const lead = match[1] === "" ? "" : String("XYZ".indexOf((match[1] as string).toUpperCase()));
  return LETTERS[Number(lead + match[2]) % 23] === (match[3] as string).toUpperCase();
}

/** CIF of a Spanish body: a letter for its kind, seven digits, a check digit or the letter that stands for it. */
export function isCif(text: string): boolean {
  const match = /^([ABCDEFGHJNPQRSUVW])(\d{7})([0-9A-J])$/i.exec(text);
  if (match === null) return false;
  let sum = 0;
  for (const [at, digit] of [...(match[2] as string)].entries()) {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  const check = (10 - (sum % 10)) % 10;
  return match[3] === String(check) || (match[3] as string).toUpperCase() === "JABCDEFGHI"[check];
}

/** Spanish social security number: province, eight digits, and the remainder of both by 97. */
export function isNass(digits: string): boolean {
  const match = /^(\d{2})(\d{8})(\d{2})$/.exec(digits);
  if (match === null) return false;
  const [province, number, check] = match.slice(1).map(Number) as [number, number, number];
  if (province < 1 || province > 66) return false;
  return (number < 10_000_000 ? number + province * 10_000_000 : Number(match[1]! + match[2]!)) % 97 === check;
}

const CURP_VALUES = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";

/** Mexican CURP: its form, a day that exists, and the check digit of the RENAPO instructions. */
export function isCurp(text: string): boolean {
  const upper = text.toUpperCase();
  if (!/^[A-Z]{4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d$/.test(upper))
    return false;
  let sum = 0;
  for (let at = 0; at < 17; at += 1) sum += CURP_VALUES.indexOf(upper[at] as string) * (18 - at);
  return (10 - (sum % 10)) % 10 === Number(upper[17]);
}

/** Mexican RFC: three or four letters, a day, and a homonym key; its check digit has exceptions, so it is not asked for. */
export function isRfc(text: string): boolean {
  return /^[A-Z&]{3,4}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[A-Z\d]{2}[\dA]$/i.test(text);
}

/** Chilean RUT: seven or eight digits and the remainder by 11, K for ten. */
export function isRut(text: string): boolean {
  const match = /^(\d{7,8})([\dK])$/i.exec(text);
  if (match === null) return false;
  let [sum, factor] = [0, 2];
  for (const digit of [...(match[1] as string)].reverse()) {
    sum += Number(digit) * factor;
    factor = factor === 7 ? 2 : factor + 1;
  }
  return "0123456789K0"[11 - (sum % 11)] === (match[2] as string).toUpperCase();
}

/** Argentine CUIT or CUIL: a prefix in use, eight digits, and the remainder by 11. */
export function isCuit(digits: string): boolean {
  if (!/^(?:2[03457]|3[034])\d{9}$/.test(digits)) return false;
  const weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((so, weight, at) => so + weight * Number(digits[at]), 0);
  return (11 - (sum % 11)) % 11 === Number(digits[10]);
}
