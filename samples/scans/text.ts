/** Words as pictures, in fonts that come with packages: what a machine has installed does not matter. */
import { createRequire } from "node:module";
import sharp, { type OverlayOptions } from "sharp";

const require = createRequire(import.meta.url);
const FONTS = {
  print: ["Arimo", "@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"],
  hand: ["Caveat", "@expo-google-fonts/caveat/400Regular/Caveat_400Regular.ttf"],
} as const;

/** A line of text to be laid over a picture; `size` is the height of a line in pixels. */
export async function line(
  text: string,
  at: { readonly left: number; readonly top: number },
  size: number,
  { font = "print", colour = "black" }: { readonly font?: keyof typeof FONTS; readonly colour?: string } = {},
): Promise<OverlayOptions> {
  const [family, file] = FONTS[font];
  const markup = `<span foreground="${colour}">${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</span>`;
  const input = { text: markup, font: family, fontfile: require.resolve(file), rgba: true, dpi: size * 4 };
  return { input: await sharp({ text: input }).png().toBuffer(), ...at };
}
