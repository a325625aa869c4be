/** States of the USA and countries, by name. Nothing smaller: 45 CFR 164.514(b)(2)(i)(B). */

/** USPS abbreviations of the states, the District of Columbia and the territories. */
const STATE_CODES: ReadonlySet<string> = new Set(
  "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP".split(
    " ",
  ),
);

/** `New York` and `Washington` are missing: they are cities as well. */
const STATE_NAMES: ReadonlySet<string> = named(
  `alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|
indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|
nebraska|nevada|new hampshire|new jersey|new mexico|north carolina|north dakota|ohio|oklahoma|oregon|pennsylvania|
rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|west virginia|wisconsin|wyoming|
district of columbia|d.c.|puerto rico|guam|american samoa|us virgin islands|u.s. virgin islands|
northern mariana islands|new york state|state of new york|washington state|state of washington|
mass.|calif.|penn.|conn.|tenn.|minn.|mich.|wash.|wis.|fla.|ariz.|ark.|colo.|ill.|ind.|kan.|okla.|ore.|tex.|va.|n.y.|n.j.|n.h.|n.c.|s.c.`,
);

const COUNTRY_NAMES: ReadonlySet<string> = named(
  `afghanistan|albania|algeria|andorra|angola|antigua and barbuda|argentina|armenia|australia|austria|azerbaijan|bahamas|
bahrain|bangladesh|barbados|belarus|belgium|belize|benin|bhutan|bolivia|bosnia|bosnia and herzegovina|botswana|brazil|
brunei|bulgaria|burkina faso|burma|burundi|cabo verde|cambodia|cameroon|canada|cape verde|central african republic|chad|
chile|china|colombia|comoros|congo|costa rica|croatia|cuba|cyprus|czech republic|czechia|democratic republic of the congo|
denmark|djibouti|dominica|dominican republic|east timor|ecuador|egypt|el salvador|england|equatorial guinea|eritrea|
estonia|eswatini|ethiopia|fiji|finland|france|gabon|gambia|germany|ghana|great britain|greece|grenada|guatemala|guinea|
guinea-bissau|guyana|haiti|honduras|hungary|iceland|india|indonesia|iran|iraq|ireland|israel|italy|ivory coast|jamaica|
japan|jordan|kazakhstan|kenya|kiribati|kosovo|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|liberia|libya|liechtenstein|
lithuania|madagascar|malawi|malaysia|maldives|mali|malta|marshall islands|mauritania|mauritius|mexico|micronesia|moldova|
mongolia|montenegro|morocco|mozambique|myanmar|namibia|nauru|nepal|netherlands|new zealand|nicaragua|niger|nigeria|
north korea|north macedonia|northern ireland|norway|oman|pakistan|palau|palestine|panama|papua new guinea|paraguay|peru|
philippines|poland|portugal|qatar|romania|russia|rwanda|saint lucia|samoa|saudi arabia|scotland|senegal|serbia|seychelles|
sierra leone|slovakia|slovenia|solomon islands|somalia|south africa|south korea|south sudan|spain|sri lanka|sudan|
suriname|swaziland|sweden|switzerland|syria|taiwan|tajikistan|tanzania|thailand|timor-leste|togo|tonga|
trinidad and tobago|tunisia|turkey|turkiye|türkiye|turkmenistan|tuvalu|uganda|ukraine|united arab emirates|united kingdom|
united states|united states of america|uruguay|uzbekistan|vanuatu|venezuela|vietnam|wales|yemen|zambia|zimbabwe|
usa|u.s.a.|u.s.|us|uk|u.k.|uae|america|
españa|espana|méxico|perú|panamá|brasil|república dominicana|republica dominicana|estados unidos|ee. uu.|ee.uu.|eeuu|canadá|
francia|italia|alemania|reino unido|inglaterra|irlanda|bélgica|belgica|holanda|países bajos|paises bajos|suiza|suecia|noruega|
dinamarca|finlandia|polonia|rumanía|rumania|hungría|hungria|grecia|turquía|turquia|rusia|ucrania|marruecos|argelia|túnez|tunez|
egipto|guinea ecuatorial|camerún|camerun|sudáfrica|sudafrica|japón|japon|corea|filipinas|tailandia|líbano|libano|siria|irak|irán|
arabia saudí|arabia saudi|moldavia|lituania|letonia|croacia|eslovaquia|eslovenia|república checa|republica checa|nueva zelanda|sierra leona|república argentina|republica argentina|afganistán|afganistan|etiopía|etiopia|
kenia|singapur|haití|haiti|belice|libia|sudán|costa de marfil|guinea bissau`,
);

/** A state, district or territory, by its full name in any case or its postal code in capitals. */
export function isState(text: string): boolean {
  return STATE_CODES.has(text) || STATE_NAMES.has(bare(text));
}

/** A country by its English or Spanish name; `us` and other codes only in capitals. */
export function isCountry(text: string): boolean {
  const name = bare(text);
  return COUNTRY_NAMES.has(name) && (name.length > 3 || text === text.toUpperCase());
}

const NO_TOWN =
  /\b(?:street|str?|avenue|ave?|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|way|highway|hwy|parkway|pkwy|terrace|apt|apartment|suite|ste|unit|floor|room|ward|wing|bldg|building|box|hospital|clinic|center|centre|medical|health|healthcare|hospice|infirmary|rehab|rehabilitation|nursing|home|house|school|university|college|institute|pharmacy|church|inc|llc|county)\b/i;

/**
 * A town, a state, a country, a ZIP code or a line of these, such as `Boston, MA 02139`, as far as its form tells:
 * no street, no number but the ZIP, no word for a facility. The most that a limited data set keeps of an address
 * (45 CFR 164.514(e)(2)(ii)).
 */
export function isTownLine(text: string): boolean {
  const parts = text.split(/[,;]/).map((part) => part.trim());
  return parts.every((part) => {
    const place = part.replace(/(?:^|\s)\d{5}(?:-\d{4})?$/, "").trim();
    if (place === "") return part !== "";
    if (isState(place) || isCountry(place)) return true;
    const town = place.replace(/\s([A-Z]{2})$/, (whole, code: string) => (STATE_CODES.has(code) ? "" : whole));
    const saintly = town.replace(/^(?:st|ste)\.?\s/i, "");
    return /^\p{Lu}[\p{L}\p{M}.'’ -]*$/u.test(town) && town.split(/\s+/).length <= 4 && !NO_TOWN.test(saintly);
  });
}

function named(list: string): ReadonlySet<string> {
  return new Set(list.replaceAll("\n", "").split("|"));
}

function bare(text: string): string {
  return text.toLowerCase().replace(/\s+/g, " ").replace(/^the /, "");
}
