import { GRADE, type Grading, isOrdinary } from "../grades.ts";
import { KIND, rankOf } from "../lexicon.ts";
import { wordAt, words } from "../matched.ts";
import { TOKEN, type Tokens } from "../tokens.ts";
import { CUES, isRole, TITLES } from "./cues.ts";
import { isMonth } from "./months.ts";

const CLINICAL =
  /(?:itis|osis|emia|uria|patia|ectomia|tomia|stomia|plastia|scopia|grafia|grama|algia|plejia|paresia|rrea|rragia|megalia|penia|cito|citos|citosis|trofia|oma|omas|mab|nib|pril|olol|sartan|statina|cilina|micina|ciclina|floxacino|azol|azepam|azolam|triptan|gliptina|gliflozina|glutida|parina|xaban|vir|dipino|setron|prazol|terol|solona|sona|caina|barbital|zepina|ina|amina|metrico|metrica|genico|genica|lisis|opia|ologia|ologo|ologa|ologico|ologica|iatria|iatra|tico|tica|cion|ciones|miento|idad|mente|ado|ada|ados|adas|ido|ida|idos|idas|ico|ica|icos|icas|ivo|iva|able|ible|oso|osa|oide|ectasia|estenosis|pnea|fagia|fasia|tension|uresis|iasis|ismo|ista|aria|ario|eal|ual|ular)$/;

/** What a sign, a disease or a device is named after: `enfermedad de Crohn`, `sonda Foley`, `clasificacion de Bosniak`. */
const EPONYM_NOUNS =
  words(`enfermedad enfermedades sindrome sindromes signo signos maniobra maniobras escala escalas test prueba pruebas indice criterios
  criterio clasificacion clase grado grados estadio score puntuacion sonda cateter drenaje pinza tubo valvula tecnica metodo operacion
  intervencion incision abordaje procedimiento reflejo fenomeno triada tetralogia anillo anillos celula celulas cuerpo cuerpos corpusculo
  corpusculos linfoma sarcoma tumor carcinoma quiste quistes nodulo nodulos ganglio ganglios glandula glandulas conducto conductos
  trompa trompas fondo saco espacio fascia ligamento tendon musculo arteria vena circulo poligono asa capsula tubulo vaina mancha manchas
  esofago diverticulo ulcera ulceras hernia fractura fracturas luxacion enfermedad anemia purpura granulomatosis vasculitis arteritis
  tiroiditis hepatitis nefropatia nefroblastoma paralisis corea ataxia distrofia demencia neuralgia contractura malformacion
  anomalia tinción tincion reaccion bacilo virus fiebre medio solucion suero agar placa placas linea lineas angulo formula ecuacion
  cuestionario inventario coeficiente protocolo escalas monitorizacion hoja laminilla carta tarjeta agujas aguja trocar separador
  tornillo clavo placa injerto colgajo derivacion protesis stent balon dieta estudio ensayo grupo efecto ley regla signo ampolla papila
  esfinter plexo plexos folículo foliculo membrana zona area surco cisura lagrima lente lamparas lampara gen proteina sonrisa facies facie
  cancer adenocarcinoma melanoma leucemia mal morbo estria estrias respiracion pulso soplo ritmo bloqueo haz fibras onda ondas
  campo campos campimetria tonometria medio medios acueducto tipo modelo marca sistema posicion decubito postura nevus epitelioma angioma adenoma neurinoma ependimoma nefroma`);

/** How Spanish words are graded as names, before their capitals count. */
export const SPANISH: Grading = { bare: bareGrade, cues: CUES };

function bareGrade(tokens: Tokens, at: number): number {
  const info = tokens.info[at] as number;
  const word = tokens.word[at] as string;
  const listed = (info & (KIND.firstName | KIND.lastName)) !== 0;
  if (
    word.length < 2 ||
    isRole(word) ||
    TITLES.has(word) ||
    isMonth(word) ||
    ((info & KIND.medical) !== 0 && (info & KIND.firstName) === 0)
  )
    return isMonth(word) && (info & KIND.firstName) !== 0 ? GRADE.likely : GRADE.none;
  if (isEponymUse(tokens, at)) return GRADE.none;
  if ((info & KIND.eponym) !== 0) return listed ? GRADE.likely : GRADE.possible;
  const place = (info & (KIND.state | KIND.country | KIND.generic | KIND.facility)) !== 0;
  if (listed) {
    if (word.length < 3 && isOrdinary(info, 1)) return GRADE.none;
    return isOrdinary(info) || place || (info & KIND.bigCity) !== 0 ? GRADE.likely : GRADE.sure;
  }
  if (place) return GRADE.none;
  const rank = rankOf(info);
  if ((info & KIND.anyName) !== 0) {
    if (rank > 0 && (info & KIND.capital) === 0) return rank >= 4 ? GRADE.none : GRADE.possible;
    return (info & KIND.city) !== 0 || CLINICAL.test(word) ? GRADE.possible : GRADE.likely;
  }
  if (rank === 0) return CLINICAL.test(word) || word.length < 3 ? GRADE.none : GRADE.possible;
  return (info & KIND.capital) !== 0 && rank < 9 ? GRADE.possible : GRADE.none;
}

/** The noun goes before, with `de` or without, and other eponyms between: `sindrome de Guillain-Barre`. */
export function isEponymUse(tokens: Tokens, at: number): boolean {
  for (let back = at - 1; back >= 0 && back >= at - 8; back -= 1) {
    const word = wordAt(tokens, back);
    if (tokens.kind[back] === TOKEN.mark ? word !== "-" && word !== "/" : false) return false;
    if (EPONYM_NOUNS.has(word)) return (tokens.info[at] as number) !== 0 || back === at - 2;
    const between = /^(?:de|del|la|las|los|y|tipo|modificada?|segun)$/.test(word) || word === "-" || word === "/";
    if (!between && ((tokens.info[back] as number) & KIND.eponym) === 0) return false;
  }
  return false;
}
