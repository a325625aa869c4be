import dicomParser from "dicom-parser";

/** Every tag of a file with its text, at all depths, as another parser reads them; sequences have no text. */
export function said(bytes: Uint8Array): readonly (readonly [tag: string, value: string | undefined])[] {
  return of(dicomParser.parseDicom(Buffer.from(bytes)));
}

function of(set: dicomParser.DataSet): readonly (readonly [string, string | undefined])[] {
  return Object.values(set.elements).flatMap((element) => {
    const tag = `(${element.tag.slice(1, 5)},${element.tag.slice(5)})`.toUpperCase();
    if (element.items)
      return [[tag, undefined] as const, ...element.items.flatMap((item) => (item.dataSet ? of(item.dataSet) : []))];
    const bytes = set.byteArray.subarray(element.dataOffset, element.dataOffset + element.length);
    return [[tag, textOf(bytes, charsetOf(set))] as const];
  });
}

function charsetOf(set: dicomParser.DataSet): string {
  const named = set.string("x00080005") ?? "";
  return { "ISO_IR 192": "utf-8", "ISO_IR 144": "iso-8859-5", GB18030: "gb18030" }[named] ?? "latin1";
}

function textOf(bytes: Uint8Array, charset: string): string {
  return new TextDecoder(charset).decode(bytes).replace(/[\0 ]+$/, "");
}
