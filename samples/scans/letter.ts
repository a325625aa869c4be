/** A letter of two pages as PDF, written by hand; its title names the patient too. */

const PAGES = [
  [
    "Green Valley Clinic",
    "",
    "March 14, 2025",
    "",
    "Dear Dr. Okafor,",
    "",
    "thank you for sending us Jose Alvarez, MRN 30915526,",
    "who was seen for a persistent cough. He is a teacher",
    "and lives in Canaan, Vermont.",
    "",
    "Chest film: no infiltrate, heart size normal.",
  ],
  [
    "Page 2",
    "",
    "Blood pressure 128/76, pulse 64, temperature 36.8 C.",
    "Potassium 4.1, creatinine 0.9.",
    "",
    "Please call us at 802-555-0142 with any question",
    "about Mr. Alvarez.",
    "",
    "With kind regards",
  ],
] as const;

/** The bytes of the file. */
export function writeLetter(): Uint8Array {
  const contents = PAGES.map((lines) => {
    const shown = lines.map((text) => `(${text.replace(/[()\\]/g, "\\$&")}) Tj T*`).join("\n");
    return `BT /F 13 Tf 20 TL 72 700 Td\n${shown}\nET`;
  });
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [4 0 R 6 0 R] /Count 2 >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...contents.flatMap((content, i) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
    "<< /Title (Letter about Jose Alvarez) >>",
  ];
  let text = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${offsets.join("")}`;
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${size} /Root 1 0 R /Info ${objects.length} 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    "latin1",
  );
}
