/** XML as S3 writes it. */

export const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** What XML 1.0 cannot hold goes out as a reference all the same, as S3 does: parsers refuse it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]|\p{Cc}/gu, (character) => {
    const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return names[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}

/** `<name>text</name>`, or nothing where there is no text. */
export function tag(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? "" : `<${name}>${escaped(String(text))}</${name}>`;
}

export function errorXml(code: string, message: string, extra: Readonly<Record<string, string>>): string {
  const more = Object.entries(extra).map(([name, text]) => tag(name, text));
  return `${HEAD}<Error>${tag("Code", code)}${tag("Message", message)}${more.join("")}<RequestId>EXAMPLE</RequestId><HostId>EXAMPLE</HostId></Error>`;
}

/** Texts of all elements of that name; enough for the flat requests that S3 takes. */
export function texts(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map((match) => unescaped(match[1]!));
}

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex?: string, decimal?: string, name?: string) =>
    name ? (names[name] ?? "") : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  );
}
