/**
 * DetectPHI's answer as AWS's developer guide prints it ("Detect PHI", archived 2022), its wrong offsets included: the
 * last entity stands at 70 and is said to stand at 78, which is beyond the end of the text.
 */
export const GUIDE_TEXT = "Patient is John Smith, a 48-year-old teacher and resident of Seattle, Washington.";

export const GUIDE_ANSWER: object = {
  Entities: [
    entity(0, 11, 21, 0.997368335723877, "John Smith", "NAME"),
    entity(1, 25, 27, 0.9998362064361572, "48", "AGE"),
    entity(2, 37, 44, 0.8661606311798096, "teacher", "PROFESSION"),
    entity(3, 61, 68, 0.9629441499710083, "Seattle", "ADDRESS"),
    entity(4, 78, 88, 0.38217034935951233, "Washington", "ADDRESS"),
  ],
  UnmappedAttributes: [],
};

function entity(Id: number, BeginOffset: number, EndOffset: number, Score: number, Text: string, Type: string): object {
  return { Id, BeginOffset, EndOffset, Score, Text, Category: "PROTECTED_HEALTH_INFORMATION", Type, Traits: [] };
}
