import * as l10n from '@vscode/l10n';
import type { ImageTarget } from '../../documents/imageReference.ts';
import { insertCaption, takeCaption } from './captionFix.ts';
import { deviceName } from './deviceNames.ts';
import type { Rule } from './rule.ts';
import { targetName } from './targetName.ts';
import { writtenAlt } from './writtenAlt.ts';

/** A file's name or path instead of words. */
export const altFilename: Rule = {
  id: 'alt-filename',
  summary: "The alt text is a file's name or path.",
  defaultSeverity: 'warning',
  aboutWords: true,
  check(reference, context) {
    const alt = writtenAlt(reference);
    if (alt === null || !isFileName(alt.text, reference.target)) return null;
    return {
      range: alt.range,
      message: l10n.t("The alt text is a file's name. Say what the picture shows."),
      fixes: [...insertCaption(reference, context), ...takeCaption(reference)],
    };
  },
};

const ending =
  /\.(?:a?png|jpe?g?|jfif|jif|pjpe?g|gif|webp|avif|svgz?|bmp|dib|ico|cur|tiff?|hei[cf]|jp2|j2k|jxl|psd|xcf|raw|cr[23]|nef|arw|dng|eps|drawio|excalidraw|pdf|mp4|m4v|mov|webm|avi|mkv)$/iu;

/** Other documents: a name only where it stands alone, for sentences end with them. */
const documentEnding = /^[^\s]+\.(?:md|markdown|txt|rtf|docx?|xlsx?|pptx?|od[tsp]|csv|zip|html?|json|ya?ml|xml)$/iu;

/** Words of a sentence that happens to end with a file's name: "Contents of logo.svg", "Opening photo.png". */
const sentenceWord =
  /^(?:an?|the|of|in|on|at|with|from|to|for|by|is|are|was|shows?|named|called|files?|selected|open(?:ed)?|saved|into|as|our|your|\p{L}+ing)$/iu;

/** Characters. Disks hold no longer names, and what is longer is cheap to pass by. */
const longestName = 300;

function isFileName(alt: string, target: ImageTarget): boolean {
  if (alt.length > longestName) return false;
  const name = bareName(alt);
  const withoutEnding = name.replace(ending, '');
  if (withoutEnding === '') return false;
  if (withoutEnding !== name) return isOneName(withoutEnding) || sameName(name, target);
  if (documentEnding.test(name)) return true;
  return deviceName(name) || isPath(name) || isExportedName(name) || isJoinedName(name) || isStemOf(name, target);
}

/** Without white space, quotes, brackets and the full stop around it, and what a URL carries behind its path. */
function bareName(alt: string): string {
  const name = alt
    .normalize('NFC')
    .trim()
    .replace(/^["'“”‘’`<([]+|["'“”‘’`>\])]+$/gu, '');
  const unquoted = ending.test(name) || !/\(\d+$/u.test(name) ? name : `${name})`;
  return unquoted.replace(/[.,;:!]$/u, '').replace(/(?<=\.[a-z\d]{2,10})[?#]\S*$/iu, '');
}

/** "my photo" of "my photo.png", not "Contents of logo" of "Contents of logo.png". */
function isOneName(stem: string): boolean {
  const words = stem.split(/\s+/u);
  if (words.length === 1 || /^(?:\.{0,2}[\\/]|[a-z]:[\\/])/iu.test(stem) || deviceName(stem)) return true;
  return words.length <= 5 && !words.some((word) => sentenceWord.test(word));
}

/** A path, also without its ending: at least two segments that begin where paths begin. */
function isPath(name: string): boolean {
  if (/\s/u.test(name)) return false;
  if (/^(?:[a-z]:\\|\\\\|file:)/iu.test(name)) return true;
  if (/^(?:\.{1,2}|~)\/[^/]/u.test(name) || /^\/[\w.%-]+\/[\w.%-]/u.test(name)) return true;
  return (
    /^(?:images|imgs?|assets|static|public|uploads|media|docs|src|content|figures|screenshots|icons)\/[\w.%-]/iu.test(
      name,
    ) && !/^\p{Lu}/u.test(name)
  );
}

/** Names that editors, exports and cameras give: `shot@2x`, `hero-1024x768`, `logo_final_v2`, hashes, time stamps. */
function isExportedName(name: string): boolean {
  if (/\s/u.test(name)) return false;
  return (
    /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu.test(name) ||
    (/^[\da-f]{12,}$/iu.test(name) && /\d/u.test(name)) ||
    /^\d{8,}$/u.test(name) ||
    /^(?:\d{4}[-_.]?\d{2}[-_.]?\d{2})[-_T.]\d{2,}/u.test(name) ||
    /^\S+@[1-4](?:\.\d)?x$/iu.test(name) ||
    /[-_]\d{2,5}x\d{2,5}$/iu.test(name) ||
    /[-_]final[-_]?v?\d+$|[-_]v?\d+[-_]final$|[-_](?:scaled|cropped|resized|edited)(?:[-_]\d+)?$/iu.test(name) ||
    /^\p{L}+_\d+$/u.test(name) ||
    /^[\p{Ll}\d]+(?:_[\p{Ll}\d]+){2,}$/u.test(name)
  );
}

/** `hero_image`, `logo-dark`, `screenshot-login`: words joined as in files, one of them a picture's. */
function isJoinedName(name: string): boolean {
  if (!/^[\p{Ll}\d]+(?:[-_][\p{Ll}\d]+)+$/u.test(name)) return false;
  const tokens = name.split(/[-_]/u);
  return tokens.filter((token) => /\p{Ll}/u.test(token)).length > 1 && tokens.some((token) => pictureToken.test(token));
}

const pictureToken =
  /^(?:img|image|photo|picture|pic|icon|logo|banner|hero|screenshot|bg|background|thumb|thumbnail|diagram|figure|fig)$/u;

/** The target's own name without its ending, where it is joined as no word is: `quarterly_report_chart`. */
function isStemOf(alt: string, target: ImageTarget): boolean {
  if (/\s/u.test(alt)) return false;
  const path = targetPath(target);
  if (path === null) return false;
  const stems = suffixes(path.replace(/\.[^./\\]+$/u, ''));
  const stem = stems.find((candidate) => candidate.toLowerCase() === alt.toLowerCase());
  if (stem === undefined) return false;
  if (
    /[_/\\%]/u.test(stem) ||
    /^(?:fig(?:ure)?|chart|graph|diagram|image|img|photo|pic(?:ture)?|plot|slide)\d+$/iu.test(stem)
  ) {
    return true;
  }
  // "Wi-Fi" of `wi-fi.svg` is a word that someone wrote; `wi-fi` is the file.
  return stem === alt && (/[^-]-[^-]/u.test(stem) || /^\d{5,}$/u.test(stem));
}

function sameName(alt: string, target: ImageTarget): boolean {
  const path = targetPath(target);
  return path !== null && suffixes(path).some((name) => name.toLowerCase() === alt.toLowerCase());
}

/** `img/a1`: `img/a1`, `a1`. */
function suffixes(path: string): string[] {
  const segments = path.split(/[\\/]/u);
  return segments.map((_, index) => segments.slice(index).join('/'));
}

function targetPath(target: ImageTarget): string | null {
  const name = targetName(target);
  return name === null || /^data:/iu.test(name) ? null : name.replace(/[?#].*$/su, '').normalize('NFC');
}
