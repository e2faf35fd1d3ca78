/** Settings `alt.*`: how a caption becomes the alt text that is written. */
export interface AltStyle {
  readonly capitalise: boolean;
  readonly removeFinalFullStop: boolean;
}

/** The caption as it is written into documents: with a capital and without a final full stop (DESIGN: "Words"). */
export function altFromCaption(caption: string, style: AltStyle): string {
  let alt = caption.trim();
  if (style.removeFinalFullStop && /[^.]\.$/u.test(alt)) alt = alt.slice(0, -1).trimEnd();
  if (style.capitalise) alt = alt.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase('en'));
  return alt;
}
