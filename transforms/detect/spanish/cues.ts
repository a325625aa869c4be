import { words } from "../matched.ts";

/** Titles that a name follows; `D.` and `Dª` are told apart from initials by what follows. */
export const TITLES: ReadonlySet<string> = words(
  "d da dn dna don dona dr dra dres dras doctor doctora sr sra srta sres senor senora senorita prof profa profesor profesora lic licda licenciado licenciada ing mtro mtra hno hna fray",
);

/** Kin, friends and those who care for a patient. */
export const RELATIVES: ReadonlySet<string> =
  words(`madre padre mama papa hijo hija hijos hijas hermano hermana hermanos hermanas esposo esposa marido mujer abuelo abuela tio tia
  primo prima sobrino sobrina nieto nieta suegro suegra cunado cunada yerno nuera pareja novio novia conyuge viudo viuda tutor tutora
  tutores cuidador cuidadora vecino vecina amigo amiga companero companera padrastro madrastra hijastro hijastra padrino madrina
  familiar familiares allegado representante acompanante acompanado acompanada gemelo gemela mellizo melliza bisabuelo bisabuela`);

/** What people are by office. */
export const ROLES: ReadonlySet<string> =
  words(`medico medica facultativo facultativa enfermero enfermera matrona matron comadrona auxiliar celador pediatra cardiologo cardiologa
  neurologo neurologa cirujano cirujana psiquiatra psicologo psicologa urologo urologa ginecologo ginecologa oncologo oncologa radiologo
  radiologa patologo patologa anestesista anestesiologo internista intensivista geriatra dermatologo dermatologa oftalmologo oftalmologa
  traumatologo traumatologa reumatologo endocrino endocrinologo nefrologo neumologo digestologo hematologo otorrino residente adjunto
  adjunta tutor fisioterapeuta logopeda farmaceutico farmaceutica odontologo dentista terapeuta trabajador trabajadora jefe jefa director
  directora supervisor supervisora coordinador coordinadora interprete traductor abogado abogada maestro maestra profesor profesora
  secretario secretaria ayudante instrumentista responsable referente`);

/** Words for the person whom a note is about. */
export const SUBJECTS: ReadonlySet<string> = words(
  "paciente pacientes enfermo enferma nino nina senor senora varon residente usuario usuaria lactante menor asegurado afiliado titular beneficiario interesado",
);

/** What comes right before a name that somebody bears or signs with. */
export const NAMING: ReadonlySet<string> = words(
  "llamado llamada llama llamo nombre nombres apellido apellidos alias apodado apodada conocido conocida fdo firmado firma firmante atentamente saludos saludo estimado estimada querido querida atte",
);

/** Words that say who did or was told something. */
export const AGENTS: ReadonlySet<string> =
  words(`por con a cc attn att hablo hablado hable contacto contacta comento comenta comentado avisado aviso avisa llamar informa informo
  informado entrevista valorado valorada visto vista atendido atendida remitido remitida derivado derivada firmado solicitado solicita
  realizado realizada dictado transcrito revisado validado supervisado acompanado acompanada acompana acompanan avisar trae traen contesta conoce junto`);

/** What people do, right after a name. */
export const VERBS: ReadonlySet<string> =
  words(`refiere refirio niega dice dijo comenta comento acude acudio consulta consulto presenta vive reside trabaja solicita pide explica
  manifiesta indica llama llamo ingresa ingreso fue es ha firma autoriza rechaza acepta`);

const LIVES = words(
  "vive reside residente domiciliado domiciliada natural procedente originario originaria nacido nacida vecino vecina oriundo",
);
const STAYS = words(
  "ingresado ingresada trasladado trasladada derivado derivada remitido remitida hospital clinica centro ingreso alta traslado",
);
const WORKS = words("trabaja trabajador trabajadora empleado empleada empresa fabrica taller jubilado jubilada");
const UNITS = words(
  "piso puerta portal escalera esc bajo bloque planta izda dcha izq der apto apartamento casa numero num n no s km cp codigo postal letra atico local nave interior int ext mz lote",
);
const GREETINGS = words(
  "estimado estimada querido querida hola buenos buenas saludos atentamente cordialmente gracias abrazo atte",
);
const FIRMS = words(
  "sa sl slu sau srl cia hermanos hijos grupo banco caja seguros asociacion fundacion empresa sociedad",
);
const PLACE_WORDS = words(
  "en de del desde hacia hasta cerca provincia municipio localidad pueblo ciudad barrio comarca pais",
);
const DAYS = words("lunes martes miercoles jueves viernes sabado domingo");
const CREDENTIALS = words("col colegiado colegiada nocol mir due mf lic dra phd md");
const LABELS = words(
  "nombre apellidos apellido paciente medico responsable remitido firmado fdo domicilio direccion localidad provincia telefono correo email fecha edad sexo servicio especialidad episodio nhc nass dni nie cipa cip historia",
);

/** Word to number, as the Spanish tagger learnt them: the first list that holds a word decides. */
export const CUES: ReadonlyMap<string, number> = new Map(
  [
    ...[TITLES, RELATIVES, SUBJECTS, CREDENTIALS, GREETINGS, LIVES, STAYS, WORKS, UNITS, FIRMS],
    ...[PLACE_WORDS, DAYS, ROLES, NAMING, VERBS, LABELS, AGENTS],
  ]
    .flatMap((list, at) => [...list].map((word): [string, number] => [word, at + 2]))
    .reverse(),
);

/** What a person may be called by office, kinship or label: never a part of the name. */
export function isRole(word: string): boolean {
  return (
    RELATIVES.has(word) ||
    ROLES.has(word) ||
    SUBJECTS.has(word) ||
    LABELS.has(word) ||
    NAMING.has(word) ||
    CREDENTIALS.has(word)
  );
}
