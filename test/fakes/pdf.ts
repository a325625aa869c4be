/** PDF files written by hand, object by object, with whatever is to be planted in them. */

/** Objects from 1 on; the first is the catalog. `info`: the number of the document information. */
export function pdfOf(objects: readonly string[], info?: number): Buffer {
  const offsets: number[] = [];
  let text = "%PDF-1.7\n";
  for (const [i, object] of objects.entries()) {
    offsets.push(text.length);
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
  }
  const start = text.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const more = info === undefined ? "" : ` /Info ${info} 0 R`;
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${more} >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}

export function streamOf(content: string, dictionary = ""): string {
  return `<< /Length ${content.length} ${dictionary} >>\nstream\n${content}\nendstream`;
}

/** A letter of two pages that says the token in text, title, bookmark, script, attachment, annotation and form field. */
export function letter(token: string, rotate = 0): Buffer {
  const page = (content: number, more = "") =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 216 144] /Rotate ${rotate} /Resources << /Font << /F 5 0 R >> >> /Contents ${content} 0 R ${more} >>`;
  return pdfOf(
    [
      "<< /Type /Catalog /Pages 2 0 R /Outlines 8 0 R /OpenAction 9 0 R /Names << /EmbeddedFiles << /Names [(a.txt) 10 0 R] >> >> /AcroForm << /Fields [12 0 R] /DA (/F 12 Tf 0 g) /DR << /Font << /F 5 0 R >> >> >> /Metadata 13 0 R >>",
      "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
      page(6, "/Annots [7 0 R 12 0 R]"),
      page(16),
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
      streamOf(`BT /F 14 Tf 20 100 Td (${token} and more) Tj ET 0 0 1 rg 20 20 60 30 re f`),
      `<< /Type /Annot /Subtype /Text /Rect [150 100 170 120] /Contents (${token}) >>`,
      `<< /Type /Outlines /First 15 0 R /Last 15 0 R /Count 1 >>`,
      `<< /S /JavaScript /JS (app.alert\\("${token}"\\)) >>`,
      "<< /Type /Filespec /F (a.txt) /EF << /F 11 0 R >> >>",
      streamOf(token),
      `<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (${token}) /Rect [20 60 180 80] /P 3 0 R /F 4 /DA (/F 12 Tf 0 g) >>`,
      streamOf(
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description dc:title="${token}"/></rdf:RDF></x:xmpmeta>`,
        "/Type /Metadata /Subtype /XML",
      ),
      `<< /Title (${token}) /Author (${token}) >>`,
      `<< /Title (${token}) /Parent 8 0 R /Dest [3 0 R /Fit] >>`,
      streamOf("0.5 g 10 10 100 100 re f"),
    ],
    14,
  );
}
