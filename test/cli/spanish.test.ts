import { describe, expect, it } from "vitest";
import { filesBelow, folderWith, phimask } from "./phimask.ts";

const NOTES = `id,nombre,nota
1,Begoña Larrañaga Ruiz,"Acude Dña. Begoña Larrañaga, de 93 años, con su hija Lucía el 12 de marzo de 2017. NHC 368503."
2,Juan Pérez,"The patient, Mr. Perez, was seen by Dr. Jane Doe on 3/14/2021."
3,,"Diabetes desde 2015. Signo de Murphy negativo. Niega fiebre."
`;
const job = (language: string): string => `version: 1
source: {path: in.csv}
target: {path: out/}
policy: {day_first: true}
detect: {language: ${language}}
columns: {id: keep, nombre: drop, nota: {mask: text, known: [nombre]}}
`;

describe("detect.language", () => {
  it("masks a column of Spanish and English notes", async () => {
    const folder = await folderWith({ "in.csv": NOTES, "job.yaml": job("[en, es]") });
    const ended = await phimask(["run", `${folder}/job.yaml`, "--quiet"]);
    expect([ended.stderr, ended.exit]).toEqual(["", 0]);
    expect((await filesBelow(`${folder}/out`)).get("in.csv")!.toString().split("\n").slice(1)).toEqual([
      '1,"Acude Dña. [NAME], de [AGE], con su hija [NAME] el [DATE]. NHC [ID]."',
      '2,"The patient, Mr. [NAME], was seen by Dr. [NAME] on [DATE]."',
      '3,"Diabetes desde 2015. Signo de Murphy negativo. Niega fiebre."',
      "",
    ]);
  });

  it("tells which languages there are", async () => {
    const folder = await folderWith({ "in.csv": NOTES, "job.yaml": job("fr") });
    const ended = await phimask(["validate", `${folder}/job.yaml`]);
    expect(ended.exit).toBe(2);
    expect(ended.stderr).toContain("detect.language");
  });
});
