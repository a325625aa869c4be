/** Identifiers with labels or check digits, and what has a form of its own: the line of the scores that must be 100 %. */
import type { GoldDocument } from "../src/evaluate/gold.ts";
import { ibanLength, isDea, isIban, isNpi, isVin, luhn } from "../transforms/detect/checks.ts";
import { type Chance, chance } from "./train/chance.ts";

const SEED = 4_711;
const EACH = 40;

/** Short texts around one made-up identifier each. */
export function patternedIds(): readonly GoldDocument[] {
  const random = chance(SEED);
  return Object.entries(kinds(random)).flatMap(([type, [draw, texts]]) =>
    Array.from({ length: EACH }, () => {
      const [before = "", after = ""] = random.pick(texts).split("*");
      const value = draw();
      return {
        text: `${before}${value}${after}`,
        spans: [{ start: before.length, end: before.length + value.length, type }],
      };
    }),
  );
}

function kinds({ below, between, pick }: Chance): Readonly<Record<string, readonly [() => string, readonly string[]]>> {
  const digits = (count: number): string => Array.from({ length: count }, () => below(10)).join("");
  const letters = (count: number, from: string): string =>
    Array.from({ length: count }, () => pick([...from])).join("");
  const until = (draw: () => string, fits: (text: string) => boolean): string => {
    for (;;) {
      const text = draw();
      if (fits(text)) return text;
    }
  };
  const area = (): string => String(between(101, 664)).padStart(3, "0");
  const plain = "ACDEFGHJKMNPQRTUVWXY";
  const mbiLetter = (): string => pick([..."ACDEFGHJKMNPQRTUVWXY"]);
  return {
    SSN: [
      () => `${area()}-${between(10, 99)}-${between(1000, 9999)}`,
      ["SSN *.", "on file: * (verified)", "Social Security number is * today"],
    ],
    CARD: [() => until(() => `4${digits(15)}`, luhn), ["paid by card * on site", "Visa *."]],
    NPI: [() => until(() => `1${digits(9)}`, isNpi), ["NPI *", "Provider NPI: *, group"]],
    DEA: [() => until(() => `B${pick([...plain])}${digits(7)}`, isDea), ["DEA * for refills", "DEA#: *"]],
    MBI: [
      () =>
        `${between(1, 9)}${mbiLetter()}${digits(1)}${digits(1)}${mbiLetter()}${digits(1)}${digits(1)}${mbiLetter()}${mbiLetter()}${digits(2)}`,
      ["Medicare * active", "MBI: *"],
    ],
    IBAN: [() => until(() => `DE${digits(ibanLength("DE")! - 2)}`, isIban), ["refund to * please", "IBAN *."]],
    VIN: [
      () =>
        until(
          () =>
            letters(8, "ABCDEFGHJKLMNPRSTUVWXYZ123456789") + pick([..."0123456789X"]) + letters(2, plain) + digits(6),
          isVin,
        ),
      ["her car, VIN *, was", "vehicle * towed"],
    ],
    MRN: [
      () => pick([digits(7), digits(8), `${digits(2)}-${digits(2)}-${digits(3)}`, `M${digits(6)}`]),
      ["MRN: *", "MRN * seen", "Medical record number *.", "MR# *", "Patient ID * here"],
    ],
    PLAN: [
      () => `${letters(3, plain)}${digits(9)}`,
      ["Member ID: *", "insurance policy number * lapsed", "subscriber *", "Policy # *"],
    ],
    ACCOUNT: [() => digits(10), ["Acct: *", "account number * closed", "Account # *"]],
    DEVICE: [
      () => `${letters(2, plain)}${digits(6)}`,
      ["serial number *", "pacemaker serial no. * implanted", "S/N: *", "UDI *"],
    ],
    LICENSE: [() => `${letters(1, plain)}${digits(8)}`, ["driver's license *", "License number: *", "DL: *"]],
    PHONE: [
      () =>
        pick([
          `(${between(201, 989)}) 555-01${digits(2)}`,
          `${between(201, 989)}-555-01${digits(2)}`,
          `${between(201, 989)}.555.01${digits(2)}`,
        ]),
      ["call * any time", "Phone: *", "fax *."],
    ],
    EMAIL: [
      () => `${letters(5, "abcdefgh")}.${letters(4, "klmnop")}@example.${pick(["com", "org", "net"])}`,
      ["write to *.", "Email: *", "(*)"],
    ],
    URL: [
      () => `https://${letters(6, "abcdefgh")}.example.org/${letters(4, "klmnop")}`,
      ["see * for forms", "portal: *"],
    ],
    IP: [
      () => `${between(11, 199)}.${below(256)}.${below(256)}.${between(1, 254)}`,
      ["from IP * at night", "address: * logged"],
    ],
  };
}
