import { MaskingError } from "../../src/errors.ts";
import { isCountry, isState } from "../../src/policy.ts";
import type { Cell, Operator, PhiType, Subject } from "../../src/types.ts";
import { age } from "./age.ts";
import { canonicalOf, textType } from "./canonical.ts";
import { choice, type Key } from "./key.ts";
import type { Masking } from "./masking.ts";
import { shift } from "./shift.ts";
import { emailSurrogate, ipSurrogate, phoneSurrogate, ssnSurrogate, urlSurrogate } from "./surrogates/contact.ts";
import { type Mint, nameSurrogate } from "./surrogates/name.ts";
import {
  addressSurrogate,
  citySurrogate,
  facilitySurrogate,
  streetSurrogate,
  zipSurrogate,
} from "./surrogates/place.ts";
import { shapeSurrogate } from "./surrogates/shape.ts";
import { TEXT, type ValueOperator, valueOperator } from "./value.ts";
import { year } from "./year.ts";

/** What a surrogate can stand for: the kinds of PHI, and narrower ones. */
export type SurrogateType = PhiType | "SSN" | "ZIP" | "STREET" | "CITY" | "FACILITY" | "IP" | "PHONE" | "FAX";

/** Every `SurrogateType`. */
export const SURROGATE_TYPES: readonly SurrogateType[] = [
  "NAME",
  "AGE",
  "DATE",
  "ADDRESS",
  "PHONE_OR_FAX",
  "EMAIL",
  "ID",
  "URL",
  "PROFESSION",
  "OTHER",
  "SSN",
  "ZIP",
  "STREET",
  "CITY",
  "FACILITY",
  "IP",
  "PHONE",
  "FAX",
];

type Surrogate = (text: string, mint: Mint) => string;

const PROFESSIONS =
  "clerk teacher farmer baker driver painter carpenter gardener librarian accountant engineer musician tailor cook plumber editor surveyor translator weaver printer roofer potter jeweler florist".split(
    " ",
  );

const MADE: Readonly<Record<Exclude<SurrogateType, "AGE" | "DATE" | "ADDRESS">, Surrogate>> = {
  NAME: nameSurrogate,
  STREET: streetSurrogate,
  CITY: citySurrogate,
  FACILITY: facilitySurrogate,
  ZIP: zipSurrogate,
  PHONE_OR_FAX: phoneSurrogate,
  PHONE: phoneSurrogate,
  FAX: phoneSurrogate,
  EMAIL: emailSurrogate,
  URL: urlSurrogate,
  IP: ipSurrogate,
  SSN: ssnSurrogate,
  ID: (text, mint) => (/^\d{3}[- ]\d{2}[- ]\d{4}$/.test(text) ? ssnSurrogate : shapeSurrogate)(text, mint),
  PROFESSION: (text, mint) => PROFESSIONS[choice(mint("profession", text.toLowerCase()), PROFESSIONS.length)]!,
  OTHER: shapeSurrogate,
};

/** Kinds that many people share: within a subject they agree, between subjects their frequencies tell nothing. */
const SHARED: ReadonlySet<SurrogateType> = new Set([
  "NAME",
  "ADDRESS",
  "STREET",
  "CITY",
  "FACILITY",
  "ZIP",
  "PROFESSION",
]);

/**
 * A made-up value of the same kind and form, chosen by the key. Names and places are chosen for the subject, where the
 * job names one: a person's name agrees in every column, note and table of hers, and is another for the next person
 * of that name. Numbers, mail and web addresses are chosen by the value alone, so that tables without the subject
 * column join. Dates are shifted, or cut to the year where the profile lets no more stand; ages are as `age` has them.
 */
export function surrogate(type: SurrogateType, key: Key, masking: Masking): ValueOperator {
  if (type === "DATE")
    return { ...(masking.policy.dates === "year" ? year(masking) : shift({}, key, masking)), name: "surrogate" };
  if (type === "AGE") return { ...age(masking), name: "surrogate" };
  const make = type === "ADDRESS" ? addressesBy(masking) : Object.hasOwn(MADE, type) ? MADE[type] : undefined;
  if (!make) throw new MaskingError("RULE_UNFIT", { expected: "a type that has surrogates" });
  const mints = mintsOf(key, masking, type);
  return valueOperator({
    name: "surrogate",
    byValue: mints.byValue,
    on(column) {
      const canonical = canonicalOf(column);
      if (!canonical) throw new MaskingError("COLUMN_TYPE");
      return { type: textType(column), nulls: false, mask: (cell: Cell, row) => make(canonical(cell), mints.for(row)) };
    },
  });
}

/** Surrogates of findings: by the finding's detail where it has surrogates of its own, else by its type. */
export function surrogateFinding(type: SurrogateType | undefined, key: Key, masking: Masking): Operator {
  const made = new Map<string, Operator>();
  return (text, finding, row) => {
    const detail = SURROGATE_TYPES.find((known) => known === finding.detail);
    const kind = type ?? detail ?? finding.type;
    const operator = made.get(kind) ?? ofKind(kind, key, masking);
    made.set(kind, operator);
    return operator(text, finding, row);
  };
}

function ofKind(kind: SurrogateType, key: Key, masking: Masking): Operator {
  if (kind === "DATE" && masking.policy.dates !== "year" && !masking.subject) return (_, { type }) => `[${type}]`;
  const { mask } = surrogate(kind, key, masking).on(TEXT);
  return (text, { type }, row) => {
    const answer = mask(text, row);
    return typeof answer === "string" ? answer : `[${type}]`;
  };
}

/** States and countries stay in an address, as every profile but `strict` lets them. */
function addressesBy({ policy }: Masking): Surrogate {
  const stays = (part: string): boolean => policy.profile !== "strict" && (isState(part) || isCountry(part));
  return (text, mint) => addressSurrogate(text, mint, stays);
}

function mintsOf(key: Key, masking: Masking, type: SurrogateType): { byValue: boolean; for(row: Subject): Mint } {
  const open: Mint = (...parts) => key.hmac("surrogate", ...parts);
  if (!SHARED.has(type) || !masking.subject) return { byValue: true, for: () => open };
  let last: string | null = null;
  let mint = open;
  return {
    byValue: false,
    for({ id }) {
      if (id === null) return open;
      if (id !== last) {
        last = id;
        mint = (...parts) => key.hmac("surrogate of", id, ...parts);
      }
      return mint;
    },
  };
}
