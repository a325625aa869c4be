/** One letter wrong, missing, too many, or two neighbours swapped; equal words count too. */
export function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let left = a.length;
  let right = b.length;
  while (left > start && right > start && a[left - 1] === b[right - 1]) {
    left -= 1;
    right -= 1;
  }
  const [more, less] = [Math.max(left, right) - start, Math.min(left, right) - start];
  if (more <= 1) return true;
  return more === 2 && less === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}

/** Names, first and last, that are everyday or clinical English words as well: found only where they are written as names. */
export const NAME_WORDS: ReadonlySet<string> = new Set(
  `able abbott acute ages amber angel apple april arch art ash ashe august autumn bacon bailey baker ball bank banks barber barker
  barn bass battle bay beach beam bean bear beard beat bell best bill bird bishop black blank blood bloom blue bolt bond bone bones
  book booker booth bowl bowls box boy brain branch brand bread brick bridge bridges bright brook brooks broom brother brown brush
  buck bull burns bush butcher butler butt can candy cane cannon care carpenter carry carver case cash castle chair chance chandler
  chase cherry chew chest chief child childs christian church clay clean clear close cloud coach coal coffee cold cole cook cool
  cooper corn cotton couch court cox craft crane cream crisp crow crystal cross cure curry curtis dale dawn day days dean deal
  dear dial dice dick dish dixie doctor dolly dove down drain drake draw dream drew drink dry duke dusk dye eagle early earl easter
  east edge eng english eve ever fair faith fall falls farmer fast fat fear feet field fields finch fine fink first fish fisher flag
  flower flowers foot force ford forest fork foster fountain fox frame frank free freeze french frost fuller gage gamble game garden
  gardner gas gates gay gene gentle gift ginger glass glover gold golden good goode gore grace grand grant graves gravel gray great
  green grey grief grim grip groom ground grove guest guide gum guy hail hair hale hall ham hammer hand handy harbor hard hardy harm
  harmony harp hart harvest hawk hay hazel head heal heard heart heath heather heavy held help hen herb high hill hills hip holiday
  holly hood hook hope horn house huff hunt hunter hurt ice iris iron irons ivory ivy jack jade james jam jar jay jean jewel john
  jordan joy judge june junior just keen key keys king kind kitchen kite knight lace lake lamb lance land lane lark last lav law
  lawn lead leaf lean leigh lily limb link lion list little lock locke long loom lord lot love low lucky lump lung luna lynch mace
  mack major male man mane mann march mark marks marsh marshal mason mass may mean means meadow medina melody mercy merit merry
  mild miles milk mill miller mills mint miracle misty mode money moon moore moss mother mount mull muse myers nail nash neck new
  nick nickel night noble noel noon norm north nose nurse oak oaks oats odd old olive opal organ ovary owl owner oxygen pace pack
  page pain paine pale palm pan paris park parker parks part pass patch pat patience patient peace peach peak pearl peel peg penny
  pepper perfect person petty pick pierce pike pine pink piper pitt plain plant plaster plum poll pollen pond pool poor pope porter
  post potter pound power powers precious presley press price pride priest prime prince prior proctor province pump purple queen
  quick rain rake ran ranger rash raven raw ray read ready rector red reed reef reese rest rex rhodes rib rice rich ridge ring rise
  rises river rivers robin rock rod roe roller roman roof rose rosemary ross rough round rowan rub ruby rush rust ruth sage saint
  sales sand sands savage saw say scales school scott scrub sea seal season seat see self sell senior serenity sharp shaw sheets
  shepherd shield shine shock shoe shoemaker short shore shy sick silver simple sin singer single skin sky sleep slim small smart
  smiley smoke snow sole son song sore south spark sparks spear speed spell spence spencer spice spring staff stage star stark
  starr steel stem stepp sterling stern stick still stock stocks stokes stone stool storey storm story stout strain strange street
  string strong study such sugar summer summers sun sunny sunshine swan sweat sweet swell swift taper tate taylor teal tear temple
  tender terrace terry thing thyme tiger timber tip toll tom tong torch tower town trace tran trail trainer tray tree trim trinity
  trip troy true trust tucker tuft turner tylor urban vale van vein victor victory vine viola violet virgin wade wait wake walk
  walker wall wallace walls ward ware warm warner warren wash wasp water waters watch way weak weaver webb weeks weight well wells
  west wheat wheel wheeler whip white whole wild wiley will willow wills win winds window wing winter winters wise wolf wong wood
  woods wool word words work worth wren wright yard york young youngest zeal zen an any are as at be been but by did do for from had
  has have he her him his how if in into is it its me my no not now of off on one or our out over she so some than that the their
  them then there they this to too two up us was we were what when who why with you your male female pt an so no do go la le de`
    .trim()
    .split(/\s+/),
);
