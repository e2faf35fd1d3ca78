/** What cameras, telephones, screenshot tools and messengers call their files, without the ending. */

/** `img_0042`, `DSC00017`, `GOPR0001`, `P1010001`, `PXL_20240101_100000123.MP`, `IMG-20240101-WA0001`, `IMG_E1234`. */
const camera =
  /^_?(?:img|imag|imgp|_img|_mg|mvimg|pxl|dscn?|dscf|dsci|_dsc|dcim|pict|p|sam|sany|cimg|kimg|hpim|sdc|stp|stc|mvi|vid|wp|win|gopr|g[hxps]|dji|dsc_|ezvz|scan|scr|im|fb_img|received|snapchat|inbound|image|photo|picture|screen_?shot|clipboard)(?:[-_ ]?e?\d{3,}|_\d+|[-_]\d{8}[-_]\w+)(?:[-_.~]\w+)*(?: ?\(\d+\)| copy| kopie)?$/iu;

/** Words before the date: `Screenshot 2024-05-01 at 10.22.33`, `Bildschirmfoto 2024-…`, `WhatsApp Image 2024-…`. */
const dated =
  /^(?:screen[-_ ]?shot|screen[-_ ]?capture|screen[-_ ]?recording|screencast|cleanshot|snipaste|bildschirmfoto|bildschirmaufnahme|capture d[’']écran|captura de (?:pantalla|ecrã|tela)|schermata|schermafbeelding|skärmavbild|skærmbillede|skjermbilde|näyttökuva|zrzut ekranu|снимок экрана|знімок екрана|スクリーンショット|屏幕截图|截屏|截图|스크린샷|whatsapp (?:image|video)|signal|photo|image|img|picture|scan|pasted image|clipboard)[-_ ]*(?:(?:from|vom|du|de|van|del) )?(?:19|20)\d\d ?[-._年/]? ?[01]?\d ?[-._月/]? ?[0-3]?\d日?/iu;

/** What may stand behind the date: a time, in the words of some languages, and a tool's own suffix. */
const time =
  /^(?:[\d\s:.,;_\-–h()@x]|(?<!\p{L})(?:at|um|à|a las|às|om|alle|alle ore|ore|kl|klo|o|v|am|pm|a\.m|p\.m)(?!\p{L})|오전|오후|上午|下午|午前|午後)*(?:_[\w.]+)?$/iu;

export function deviceName(name: string): boolean {
  if (camera.test(name)) return true;
  const date = dated.exec(name);
  if (date !== null) return time.test(name.slice(date[0].length));
  return /^pasted image \d+$/iu.test(name);
}
