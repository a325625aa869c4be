import { describe, expect, it } from "vitest";
import { isCif, isCuit, isCurp, isDni, isNass, isRfc, isRut } from "../../transforms/detect/spanish/checks.ts";
import { detectorContract } from "../contracts/detector.ts";
import { marked, quietRun, testDetector, unmarked } from "../corpus/lexicons.ts";
import { bothDetector, maskedIn, spanishDetector } from "../corpus/spanish.ts";

/** Each row is the expected answer under `safe_harbor`; the text is the row without its marks. A row without marks must stay as it is. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "the fields of a form": [
    "Nombre: {NAME:Ernesto}.\nApellidos: {NAME:Rivera Bueno}.\nNHC: {MRN:368503}.",
    "Nombre y apellidos: {NAME:Xóchitl Hernández Cuautle}. CURP: {HEALTH_PLAN:HECX850312MPLRTC05}.",
    "Domicilio: {STREET:Calle Miguel Benitez 90}.\nLocalidad/ Provincia: {CITY:Madrid}.\nCP: {ZIP:28016}.",
    "Médico: {NAME:Ignacio Navarro Cuéllar} NºCol: {LICENSE:28 28 70973}.",
    "Paciente: {NAME:Ruiz Ortega, Carmen}\nF. Nac.: {DATE:3-5-48}   Hª Clínica: {MRN:778812}",
    "Dirección: {STREET:Carrera 7 # 45-12, Bogotá}. Cédula de ciudadanía {DNI:1.020.345.678}. Celular {PHONE:310 555 1212}.",
    "Motivo de ingreso: Disnea. Servicio: Urología. Sexo: M. Especialidad: Medicina Interna. País: España. Edad: 70 años",
  ],
  "names by title, office and kin": [
    "Acude Dña. {NAME:Carmen Ruiz Ortega} con su hija {NAME:Lucía} y su marido {NAME:Antonio}.",
    "D. {NAME:Manuel Benítez Corral} y la Sra. {NAME:de la Fuente}",
    "Estimada Dra. {NAME:Goikoetxea}:\nUn saludo,\nFdo. {NAME:José Luis Arteaga Zubiri}",
    "{NAME:María del Pilar de la Fuente y Ortega} presenta fiebre. {NAME:Pilar} refiere tos.",
    "Cirujano: Dr. {NAME:Ayala}. Anestesista: Dra. {NAME:Núñez}. Instrumentista: {NAME:Elvira}.",
    "abuela materna, {NAME:Mercedes Quispe}; cuñado {NAME:Emilio}; la trabajadora social, {NAME:Nekane Larrañaga}",
    "El señor {NAME:Domingo Santos Cruz} ingresó el domingo. {NAME:Julio} trabaja en {CITY:Lima}.",
    "La acompaña {NAME:Nerea}. {NAME:Merche} llamará a la familia {NAME:Ocaña}; {NAME:Abdelkarim El Idrissi}, vecino de {CITY:Roquetas de Mar}",
    "Atendí a {NAME:Wilmer Quispe Huamán} en {CITY:Ayaviri}. Su esposa {NAME:Yesenia} espera fuera.",
    "El paciente acude con su madre. La doctora de guardia avisa al médico de familia. Su padre falleció de ictus.",
    "Dolores abdominales intensos. Consuelo a la familia. Esperanza de vida limitada. Remedios caseros. Luz pupilar reactiva.",
  ],
  "medicine that is named after people or may be taken for names": [
    "Diagnosticado de enfermedad de Crohn. Signo de Murphy negativo, Blumberg negativo. Sonda Foley nº 18. Síndrome de Down.",
    "Virus de Epstein-Barr. Helicobacter pylori. Linfoma de Hodgkin. Tumor de Wilms. Ley de Starling. Test de Coombs directo.",
    "Índice de Barthel 60, escala de Norton, clasificación de Child-Pugh B. Drenaje de Redon. Incisión de Pfannenstiel.",
    "Tratamiento: omeprazol 20 mg, Enantyum, Nolotil, Sintrom según pauta, Lantus 20 UI. HTA, DM2, FA, EPOC.",
    "Exploración: Tórax: murmullo vesicular conservado. Abdomen blando. Extremidades: sin edemas. Mano izquierda: fractura de Colles.",
    "Se realiza colecistectomía laparoscópica según técnica habitual. TAC craneal normal. RMN lumbar: hernia L5-S1.",
    "Vacunas: Prevenar 13, Bexsero, Infanrix Hexa. Seguril, Pantecta, Urbason. Cotilo Trident de Stryker. Campo Humphrey 24-2.",
    "Hallazgos: Nódulo espiculado en LSD. Conclusión: A valorar por Neumología. Síndromes Geriátricos: Caídas, Incontinencia.",
    "Vía periférica en brazo izquierdo. Calle tranquila. Plaza de hospitalización. Camino de la recuperación.",
    "Juicio clínico: Insuficiencia cardiaca descompensada. Plan: Furosemida 40 mg cada 12 horas. Dieta sin sal.",
  ],
  dates: [
    "el {DATE:12 de marzo de 2017}, el {DATE:12/03/17}, el {DATE:12-III-2017}, el {DATE:20-mar-17} y en {DATE:marzo de 2017}",
    "nacida el {DATE:doce de enero de dos mil veinte}; alta el {DATE:3 de abril}; cita el día {DATE:15/05}",
    "del {DATE:3 al 10 de marzo de 2019}, a principios de {DATE:agosto}, {DATE:14 de marzo de 2.019}, 1 de {DATE:Enero del 2016}".replace(
      "1 de {DATE:Enero",
      "{DATE:1 de Enero",
    ),
    "el {DATE:2021-11-03}, en {DATE:03/2018}, por {DATE:Navidad}",
    "en 2012 y desde el año 2015; tensión 120/80, visión 20/40, grado 2/6, dosis 3/4 de comprimido, ciclo 3/6 de FOLFOX",
    "hasta 2/3 del espesor; 3-5 deposiciones; a las 10:30 h; Hb 12.3 g/dl; leucocitos 8.900; L5-S1",
  ],
  "ages over 89 alone": [
    "de {AGE:92 años}, {AGE:noventa y tres años} y {AGE:noventa y ocho años}; {AGE:nonagenaria} con deterioro; Edad: {AGE:101}",
    "de 45 años, de 18 meses, de sesenta y tres años, de dos años y diez meses, recién nacido",
    "desde hace 95 años de historia; tras 92 días; 95 años de evolución",
  ],
  "telephones of Spain and Latin America": [
    "tlf. {PHONE:943 12 34 56}, móvil {PHONE:654321987}, fax: {FAX:93 2607982}, {PHONE:+34 915 55 12 34}",
    "Tel. {PHONE:55 5598 1234}; Fono {PHONE:+56 9 8765 4321}; teléfono {PHONE:(011) 4555-1234}; {PHONE:986413144 ext 1530}",
    "PSA de 1.16 ng/ml, triglicéridos de 456 mg/dl, plaquetas 234.000, PCR 3,4",
  ],
  "identifiers by check digit and by label": [
    "{DNI:12345678Z}, {DNI:12.345.678-Z}, {DNI:X-1234567-L}, CIF {DNI:A58818501}",
    "NASS {NASS:28/12345678/40}, póliza {HEALTH_PLAN:99-887766}, Nº de colegiado: {LICENSE:282866123}",
    "IBAN {ACCOUNT:ES91 2100 0418 4502 0005 1332}; {RUT:12.345.678-5}; CUIL {DNI:20-12345678-6}",
    "Episodio: {MRN:358784}. biopsia {ID:B-19-12345}. Muestra nº {ID:19B004512}.",
    "sonda nº 18, planta 4ª, cama 412-B, G2P1, valor de referencia 15-100",
  ],
  "addresses, towns and employers": [
    "{STREET:C/ Mayor 12, 3º B}, {ZIP:50002} {CITY:Zaragoza}",
    "{STREET:Avda. de la Constitución, nº 4, piso 2º dcha}, {ZIP:41013} {CITY:Sevilla} (España)",
    "{STREET:Acacias, 30}. {ZIP:33423} {CITY:Soto de Llanera}. {STREET:Plaza del Hospital Civil, s/n}",
    "natural de {CITY:Tegucigalpa}, reside en {CITY:Móstoles}, trasladado a {CITY:Barcelona}",
    "{FACILITY:C.S. Las Fuentes Norte}, {CITY:Zaragoza}; {FACILITY:Hospital Vall d'Hebron}; {FACILITY:Colegio Público San Fernando}",
    "Trabaja como administrativa en {EMPLOYER:Transportes Hermanos Galindo}. Jubilado de la {EMPLOYER:Renault}.",
    "viajó a Perú y Marruecos; acude al hospital de día; trabaja en una fábrica de muebles; el centro de salud",
  ],
  "notes without capitals, in capitals and without accents": [
    "paciente llamada {NAME:maria lopez garcia} de 45 años, vive en {CITY:sevilla}, telefono {PHONE:654 321 987}",
    "sr. {NAME:ramirez} refiere mareo. nombre: {NAME:jose luis arteaga}\napellidos: {NAME:zubiri ruiz}\nnhc: {MRN:88213}",
    "PACIENTE: {NAME:JUAN CARLOS PEREZ GOMEZ}. DNI {DNI:12345678Z}. FECHA DE NACIMIENTO {DATE:03/05/1948}.",
    "DRA. {NAME:SANCHIS} AUTORIZA ALTA. CITA {DATE:21/06/2021} CON EL DR. {NAME:POVEDA} EN EL {FACILITY:HOSPITAL LA FE}.",
    "anamnesis: varon de 63 años, fumador. iam en 2015. tto con adiro y atorvastatina. abdomen anodino.",
    "MUJER DE 63 AÑOS. TRATAMIENTO CON ENALAPRIL. DIAGNOSTICO: COLECISTITIS AGUDA LITIASICA. NEUMONIA ADQUIRIDA EN LA COMUNIDAD.",
  ],
};

describe("Spanish", () => {
  for (const [name, rows] of Object.entries(CASES)) {
    it.each(rows)(`${name}: %s`, async (row) => {
      const text = unmarked(row);
      expect(marked(text, await maskedIn(text))).toBe(row);
    });
  }

  detectorContract(spanishDetector, quietRun, [{ text: "Firmado por el Dr. Benítez.", value: "Benítez" }]);
});

describe("a column of both languages", () => {
  it("finds in an English text what English finds alone", async () => {
    const texts = [
      "Mr. Roe was seen by Dr. Jane Doe on 3/14/2021 in Lima.",
      "The patient has an aunt, Dolores de la Cruz, MRN 4411223.",
    ];
    expect(await bothDetector().detect(texts, quietRun())).toEqual(await testDetector().detect(texts, quietRun()));
  });

  it("finds in a Spanish text what Spanish finds alone", async () => {
    const texts = ["Acude Dña. Carmen Ruiz con su hija Lucía el 12 de marzo."];
    expect(await bothDetector().detect(texts, quietRun())).toEqual(await spanishDetector().detect(texts, quietRun()));
  });

  it("reads a text of both in both, and a text of neither too", async () => {
    const mixed = "The patient, Mrs. Alvarez, was seen at Mercy Hospital.\nSu hija Begoña vive en la calle Olmo 12.";
    const found = marked(mixed, await maskedIn(mixed, bothDetector()));
    expect(found).toContain("{NAME:Alvarez}, was seen at {FACILITY:Mercy Hospital}.");
    expect(found).toContain("Begoña} vive en la {STREET:calle Olmo 12}.");
    const neither = "Dr. Roe; Sr. Benítez";
    expect(marked(neither, await maskedIn(neither, bothDetector()))).toMatch(/^Dr\. \{NAME:Roe\}; .*Benítez\}$/);
  });
});

describe("check digits", () => {
  it.each([
    [isDni, "12345678Z", "12345678A"],
    [isDni, "X1234567L", "X1234567A"],
    [isCif, "A58818501", "A58818502"],
    [isNass, "281234567840", "281234567841"],
    [isCurp, "HEGG560427MVZRRL04", "HEGG560427MVZRRL05"],
    [isRfc, "VECJ880326XK4", "VECJ881326XK4"],
    [isRut, "123456785", "123456784"],
    [isCuit, "20123456786", "20123456785"],
  ])("%o takes %s and refuses %s", (holds, right, wrong) => {
    expect(holds(right)).toBe(true);
    expect(holds(wrong)).toBe(false);
  });
});
