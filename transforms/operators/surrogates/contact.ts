import { choice } from "../key.ts";
import type { Mint } from "./name.ts";
import { shapeSurrogate } from "./shape.ts";

/**
 * A telephone number with the same marks. Numbers of the North American plan become 555-01xx of some area code, the
 * range kept for fiction: there are few of them, so two numbers may share one. Others keep their count of digits.
 */
export function phoneSurrogate(text: string, mint: Mint): string {
  const [number, extension = ""] = splitExtension(text);
  const digits = number.replace(/\D/g, "");
  const country = digits.length === 11 && digits.startsWith("1") ? "1" : "";
  const local = digits.slice(country.length);
  const tail = extension.replace(/\d+/g, (run) => digitsOf(mint("extension", run), run.length));
  if ((local.length !== 10 && local.length !== 7) || /[a-z]/i.test(number)) return shapeSurrogate(number, mint) + tail;
  const mac = mint("phone", local);
  const area = `${2 + choice(mac, 8)}${choice(mac, 9, 1)}${choice(mac, 10, 2)}`;
  const line = `55501${String(choice(mac, 100, 3)).padStart(2, "0")}`;
  const fresh = country + (local.length === 10 ? area : "") + line;
  const chosen = fresh === digits ? `${fresh.slice(0, -1)}${(Number(fresh.at(-1)) + 1) % 10}` : fresh;
  let at = 0;
  return number.replace(/\d/g, () => chosen[at++]!) + tail;
}

function splitExtension(text: string): [string, string?] {
  const at = text.search(/\s*(?:x|ext\.?|extension|#)\s*\d+\s*$/i);
  return at > 0 ? [text.slice(0, at), text.slice(at)] : [text];
}

function digitsOf(mac: Uint8Array, length: number): string {
  return Array.from({ length }, (_, i) => mac[i % mac.length]! % 10).join("");
}

/** A made-up mailbox at example.org, of the shape of the real one's name (RFC 2606). */
export function emailSurrogate(text: string, mint: Mint): string {
  const [mailbox = ""] = text.toLowerCase().split("@");
  const name = /[a-z0-9]/.test(mailbox) ? shapeSurrogate(mailbox.replace(/[^a-z0-9._+-]/g, "x"), mint) : "someone";
  return `${name}@example.org`;
}

/** An address at example.org, of the same scheme (RFC 2606). */
export function urlSurrogate(text: string, mint: Mint): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? "";
  return `${scheme}example.org/${Buffer.from(mint("url", text)).toString("hex").slice(0, 12)}`;
}

/** An address of the ranges kept for documentation (RFC 5737, RFC 3849); a hardware address becomes one that no maker gave out. */
export function ipSurrogate(text: string, mint: Mint): string {
  const mac = mint("ip", text.toLowerCase());
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) {
    const net = ["192.0.2", "198.51.100", "203.0.113"][choice(mac, 3)];
    return `${net}.${1 + choice(mac, 254, 1)}`;
  }
  if (/^(?:[\da-f]{2}[:-]){5}[\da-f]{2}$/i.test(text)) return hardwareAddress(text, mac);
  if (!/^[\da-f:.]*:[\da-f:.]*:[\da-f:.]*$/i.test(text)) return shapeSurrogate(text, mint);
  const groups = Buffer.from(mac).toString("hex").match(/.{4}/g)!.slice(0, 6);
  return `2001:db8:${groups.join(":")}`;
}

/** 02 says that no maker gave the address out (IEEE 802). */
function hardwareAddress(text: string, mac: Uint8Array): string {
  let at = 0;
  const bytes = ["02", ...Array.from(mac.subarray(0, 5), (byte) => byte.toString(16).padStart(2, "0"))];
  return text.replace(/[\da-f]{2}/gi, () => bytes[at++]!);
}

/** A number of the same marks that no person can have: areas from 900, groups below 50 (those above are for taxpayers without one). */
export function ssnSurrogate(text: string, mint: Mint): string {
  const digits = text.replace(/\D/g, "");
  if (digits.length !== 9) return shapeSurrogate(text, mint);
  const mac = mint("ssn", digits);
  const fresh = `9${two(choice(mac, 100))}${two(1 + choice(mac, 49, 1))}${String(choice(mac, 10_000, 2)).padStart(4, "0")}`;
  let at = 0;
  return text.replace(/\d/g, () => fresh[at++]!);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
