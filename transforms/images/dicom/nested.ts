import type { Element, Item } from "./element.ts";
import type { Scope } from "./header.ts";
import type { HeaderAction } from "./rules.ts";
import { type NewItem, type Written, withItems } from "./writer.ts";

/** Masks the items of a sequence; an item in which nothing changed is the very one that was read. */
type Recurse = (items: readonly Item[], others: Scope["others"]) => readonly NewItem[];

/**
 * A sequence after its action. `empty` leaves no item. A dummy keeps the items and replaces whatever is in them:
 * an item that lacks its attributes would not be one of its kind. Every other action masks the items by their own
 * rules, `keep` included.
 */
export function maskSequence(element: Element, action: HeaderAction, scope: Scope, recurse: Recurse): Written {
  if (action === "empty") return withItems(element, []);
  const others = action === "dummy" ? "dummy" : action === "clean" ? "clean" : scope.others;
  const items = recurse(element.items!, others);
  return items.every((item, i) => item === element.items![i]) ? element : withItems(element, items);
}
