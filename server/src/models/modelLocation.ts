/** A model that lies on this machine. */
export interface ModelLocation {
  /** What settings and messages call it: `built-in`, a hub id (`owner/name`), or the folder. */
  readonly id: string;
  readonly source: 'built-in' | 'hub' | 'folder';
  readonly folder: string;
}
