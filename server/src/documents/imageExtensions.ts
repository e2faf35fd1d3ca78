/** Endings of picture files, those that cannot be captioned included: they are references all the same. */
// oxfmt-ignore
export const imageExtensions: readonly string[] = [
  'apng', 'avif', 'bmp', 'cur', 'gif', 'heic', 'heif', 'ico', 'jfif', 'jp2', 'jpeg', 'jpg', 'jxl', 'pjpeg', 'png', 'svg',
  'tif', 'tiff', 'webp',
];

const ending = new RegExp(String.raw`\.(?:${imageExtensions.join('|')})$`, 'i');

/** Whether a path, or a URL without its query and fragment, ends as a picture's name does. */
export function namesAnImage(path: string): boolean {
  return ending.test(path);
}
