/**
 * Words → the inside of a quoted HTML attribute. `{{`, `{%` and `{#` would start an expression of a template language
 * (Angular, Handlebars, Jinja, Liquid, Twig) that reads the page before a browser does, so their brace is an entity;
 * `<` and `>` are entities too: templates that are cut up by simpler tools stay whole.
 */
function encodeShared(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\{(?=[{%#!])/g, '&#123;');
}

export function encodeHtmlDoubleQuoted(text: string): string {
  return encodeShared(text).replaceAll('"', '&quot;');
}

export function encodeHtmlSingleQuoted(text: string): string {
  return encodeShared(text).replaceAll("'", '&#39;');
}

/**
 * Angular looks for `{{` after entities are resolved: no attribute that is not computed can hold it. Two braces with a
 * space between stand in.
 */
function partBraces(text: string): string {
  return text.replace(/\{(?=\{)/g, '{ ');
}

export function encodeAngularDoubleQuoted(text: string): string {
  return encodeHtmlDoubleQuoted(partBraces(text));
}

export function encodeAngularSingleQuoted(text: string): string {
  return encodeHtmlSingleQuoted(partBraces(text));
}

/** Svelte reads `{` as the start of an expression in attributes too. */
function encodeBraces(text: string): string {
  return text.replaceAll('{', '&#123;').replaceAll('}', '&#125;');
}

export function encodeSvelteDoubleQuoted(text: string): string {
  return encodeBraces(encodeHtmlDoubleQuoted(text));
}

export function encodeSvelteSingleQuoted(text: string): string {
  return encodeBraces(encodeHtmlSingleQuoted(text));
}
