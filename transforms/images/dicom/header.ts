import type { Subject } from "../../../src/types.ts";
import { type Charset, charsetOf, DEFAULT_CHARSET } from "./charset.ts";
import { attributeOf } from "./dictionary.ts";
import { type Element, elementOf, type Item, isPrivate, PIXEL_DATA } from "./element.ts";
import { maskSequence } from "./nested.ts";
import { creatorTagOf, isCreator, isSafePrivate } from "./private.ts";
import { isOverlay } from "./profile.ts";
import type { HeaderAction, HeaderRules } from "./rules.ts";
import { emptied, masked, shifted, uids, withTexts } from "./valueMasks.ts";
import { dummyOf, isFreeText, isString, textsOf } from "./values.ts";
import { isAsRead, type NewItem, type Written, withValue } from "./writer.ts";

/** What masking a header needs to know. */
export interface HeaderWork {
  readonly rules: HeaderRules;
  readonly subject: Subject;
  /** Tags of the overlay planes that are looked at as pages are, and painted over by `overlays.ts`. */
  readonly planes: ReadonlySet<number>;
  /** A text as the job's detectors leave it. */
  clean(text: string): string;
  /** The text without what identifies the patient of this file or row; nothing else is looked for. */
  sweep(text: string): string;
}

/** What holds for a data set and the ones within it. */
export interface Scope {
  readonly data: Uint8Array;
  readonly charset: Charset;
  readonly depth: number;
  /**
   * What becomes of attributes that no row of the table names: they stay, their text is cleaned (`clean`, in structured
   * content), or they get dummies too (`dummy`, in a sequence whose action is a dummy).
   */
  readonly others: "keep" | "clean" | "dummy";
}

/** The elements of the file's own data set, masked. What no rule touches is the very element that was read. */
export function maskHeader(elements: readonly Element[], data: Uint8Array, work: HeaderWork): readonly Written[] {
  return maskElements(elements, { data, charset: DEFAULT_CHARSET, depth: 0, others: "keep" }, work);
}

function maskElements(elements: readonly Element[], around: Scope, work: HeaderWork): readonly Written[] {
  const scope = { ...around, charset: charsetWithin(elements, around) };
  const creators = new Map(elements.filter(({ tag }) => isCreator(tag)).map((each) => [each.tag, each]));
  const kept: Written[] = [];
  const owners = new Set<number>();
  for (const element of elements) {
    if (isPrivate(element.tag)) {
      const owner = creators.get(creatorTagOf(element.tag));
      const written = owner && !isCreator(element.tag) ? maskPrivate(element, owner, scope, work) : undefined;
      if (written) {
        owners.add(owner!.tag);
        kept.push(written);
      } else if (isCreator(element.tag)) kept.push(element);
    } else {
      const written = maskElement(element, scope, work);
      if (written) kept.push(written);
    }
  }
  return kept.filter(({ tag }) => !isCreator(tag) || owners.has(tag));
}

/** A private element by the job's own rule; without one it stays where it is safe and the job keeps those. */
function maskPrivate(element: Element, owner: Element, scope: Scope, work: HeaderWork): Written | undefined {
  const creator = Buffer.from(scope.data.subarray(owner.from, owner.to)).toString("latin1").replace(/\0+$/, "");
  const action = work.rules.privateActionOf(element.tag, creator);
  if (action !== undefined) return maskElement(element, scope, work, action);
  const stays = work.rules.options.has("retain_safe_private") && isSafePrivate(element, creator, scope.data);
  return stays ? element : undefined;
}

function charsetWithin(elements: readonly Element[], { data, charset }: Scope): Charset {
  const named = elements.find(({ tag }) => tag === 0x00080005);
  return named ? charsetOf(textsOf(named, "CS", data, charset)) : charset;
}

/** `own`: what becomes of it, whatever the profile says. */
function maskElement(element: Element, scope: Scope, work: HeaderWork, own?: HeaderAction): Written | undefined {
  const { tag } = element;
  // Group lengths would not be true any more; command elements and file meta have no place in a data set.
  if ((tag & 0xffff) === 0) return undefined;
  if (isWithoutPlane(tag, scope, work) || (own === undefined && BLIND.has(tag))) return undefined;
  // Pixels within a sequence are pictures that nobody has looked at.
  if (element.fragments || isPixels(tag)) return scope.depth === 0 && isPixels(tag) ? element : undefined;
  const vr = element.vr === "UN" ? (attributeOf(tag)?.vr ?? "UN") : element.vr;
  const action = own ?? actionWithin(tag, vr, scope, work);
  if (action === "remove") return undefined;
  if (element.items) {
    const recurse = (items: readonly Item[], others: Scope["others"]): readonly NewItem[] =>
      items.map((item) => {
        const elements = maskElements(item.elements, { ...scope, depth: scope.depth + 1, others }, work);
        return isSame(elements, item.elements) ? item : { ...item, elements };
      });
    return maskSequence(element, action, scope, recurse);
  }
  if (vr === "SQ" || element.undefinedLength) return element.from === element.to ? element : undefined;
  return maskValue(element, vr, action, scope, work);
}

function actionWithin(tag: number, vr: string, { others }: Scope, { rules }: HeaderWork): HeaderAction {
  const action = rules.actionOf(tag, vr);
  if (action !== "keep" || others === "keep") return action;
  // Code strings carry the structure of a sequence, and what the standard defines tells nothing of a person.
  if (vr === "CS" || vr === "UI" || vr === "SQ") return action;
  if (others === "dummy") return "dummy";
  return isFreeText(vr) && !isCode(tag) ? "clean" : action;
}

/** Code value, scheme and meaning, in their three lengths: what a code says is not text of a patient. */
function isCode(tag: number): boolean {
  return (tag >= 0x00080100 && tag <= 0x00080104) || (tag >= 0x00080119 && tag <= 0x00080122);
}

/** Encrypted originals, keys, drawings, signals, wavelets: what stands in them cannot be looked at. */
const BLIND: ReadonlySet<number> = new Set([
  ...[0x0008041b, 0x0008041c, 0x0040a074, 0x0040a089, 0x04000120, 0x04000520, 0x00686300],
  ...[0x54001010, 0x56000010, 0x56000020, 0x7fe00020, 0x7fe00030, 0x7fe00040],
]);

/** What describes a plane that nobody has looked at, such as one that stood in unused bits of the pixels. */
function isWithoutPlane(tag: number, { depth }: Scope, { planes }: HeaderWork): boolean {
  // From 1000 on they are texts and layers, which mean something by themselves.
  const describes = isOverlay(tag) && elementOf(tag) < 0x1000;
  return depth === 0 && describes && !planes.has(tag - elementOf(tag) + 0x3000);
}

function isPixels(tag: number): boolean {
  return tag === PIXEL_DATA || tag === 0x7fe00008 || tag === 0x7fe00009;
}

function maskValue(
  element: Element,
  vr: string,
  action: HeaderAction,
  scope: Scope,
  work: HeaderWork,
): Written | undefined {
  if (typeof action === "object") return masked(element, vr, action.mask, scope, work);
  switch (action) {
    case "keep":
      return kept(element, vr, scope, work);
    case "empty":
      return emptied(element);
    case "uid":
      return uids(element, scope, work.rules.uid);
    case "shift":
      return shifted(element, vr, scope, work);
    case "clean":
      if (scope.depth === 0 && work.planes.has(element.tag)) return element;
      if (!isString(vr)) return undefined;
      return withTexts(element, vr, scope, (text) => work.clean(text));
    default:
      if (vr === "UI") return uids(element, scope, work.rules.uid);
      return element.from === element.to ? element : withValue(element, dummyOf(vr));
  }
}

/** The element as it was, unless it tells who the patient is, or that she is over 89; bytes in which her name stands go. */
function kept(element: Element, vr: string, scope: Scope, work: HeaderWork): Written | undefined {
  if (isFreeText(vr)) return withTexts(element, vr, scope, (text) => work.sweep(text));
  if (vr === "CS" && element.tag !== IMAGE_TYPE)
    return withTexts(element, vr, scope, (text) => (isWholeKnown(text, work) ? "REMOVED" : text));
  if (vr === "OB") return isSilent(element, scope, work) ? element : undefined;
  if (vr === "AS" && work.rules.capsAges) {
    return withTexts(element, vr, scope, (text) =>
      /^\d{3}Y$/.test(text) && Number(text.slice(0, 3)) > 89 ? "090Y" : text,
    );
  }
  return element;
}

/** Its terms are the standard's own, and a phantom may be named after one. */
const IMAGE_TYPE = 0x00080008;

/** A code that is a name: in codes of the standard a name can stand by chance, so it must be all of the code. */
function isWholeKnown(text: string, { sweep }: HeaderWork): boolean {
  return text.length >= 4 && /^\[[A-Z_]+\]$/.test(sweep(text));
}

/** Nothing known stands in the bytes, in eight or sixteen bits a character. */
function isSilent({ from, to }: Element, { data }: Scope, { sweep }: HeaderWork): boolean {
  const text = Buffer.from(data.subarray(from, to)).toString("latin1").replaceAll("\0", "");
  return sweep(text) === text;
}

function isSame(written: readonly Written[], read: readonly Element[]): boolean {
  return written.length === read.length && written.every((each, i) => isAsRead(each) && each === read[i]);
}
