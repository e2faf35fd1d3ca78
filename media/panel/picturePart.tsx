import type { Panel } from './panel.ts';
import type { PanelState } from './panelState.ts';
import { strings } from './strings.ts';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
}

const accepted = '.png,.apng,.jpg,.jpeg,.jfif,.webp,.gif,.avif,.tif,.tiff,.svg';

/** Where the picture comes from, and the picture. */
export function PicturePart({ panel, state }: Props) {
  const { picture, unreadable, follow, choosing } = state;
  const chooseFile = (): void => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accepted;
    input.addEventListener('change', () => void upload(panel, input.files?.[0]));
    input.click();
  };
  const list = (): void => {
    panel.update({ choosing: choosing === null ? { pictures: null, more: false, filter: '' } : null });
    if (choosing === null) panel.send({ type: 'pictures' });
  };
  return (
    <section class="picture-part" aria-label={strings.picture}>
      <div class="toolbar">
        <button
          class="secondary toggle"
          aria-pressed={follow}
          title={strings.followTitle}
          onClick={() => panel.send({ type: 'follow', on: !follow })}
        >
          {strings.follow}
        </button>
        <button class="secondary" aria-expanded={choosing !== null} onClick={list}>
          {strings.workspace}
        </button>
        <button class="secondary" onClick={chooseFile}>
          {strings.openFile}
        </button>
      </div>
      {choosing !== null && <WorkspacePictures panel={panel} choosing={choosing} />}
      {picture !== null && (
        <figure>
          <div class="stage">
            <img class="shown" src={picture.shown} alt={shownAlt(state)} />
          </div>
          <figcaption>
            <span class="name">{picture.name}</span> <span class="facts">{facts(picture)}</span>
          </figcaption>
        </figure>
      )}
      {picture === null && unreadable === null && (
        <div class="empty">
          <p class="lead">{strings.noPicture}</p>
          <p>{strings.noPictureHint}</p>
        </div>
      )}
      {unreadable !== null && (
        <p class="message error" role="alert">
          {unreadable}
        </p>
      )}
      <p class="hint">{strings.dropHint}</p>
    </section>
  );
}

/** The picture's own alt text: what is known of it so far. */
function shownAlt({ runs, picture }: PanelState): string {
  return runs[0]?.result?.alt ?? picture?.name ?? '';
}

function facts({ size, format, bytes }: NonNullable<PanelState['picture']>): string {
  const weight = bytes < 1024 ? strings.bytes(bytes) : `${Math.round(bytes / 1024)} KB`;
  return size === null ? weight : `${size.width} × ${size.height} ${format}, ${weight}`;
}

function WorkspacePictures({
  panel,
  choosing,
}: {
  readonly panel: Panel;
  readonly choosing: NonNullable<PanelState['choosing']>;
}) {
  const { pictures, filter, more } = choosing;
  const found = pictures?.filter(({ path }) => path.toLowerCase().includes(filter.toLowerCase()));
  return (
    <div
      class="choosing"
      role="group"
      aria-label={strings.choose}
      onKeyDown={(event) => event.key === 'Escape' && panel.update({ choosing: null })}
    >
      <div class="row">
        <input
          type="search"
          aria-label={strings.filter}
          placeholder={strings.filter}
          value={filter}
          onInput={({ currentTarget }) => panel.update({ choosing: { ...choosing, filter: currentTarget.value } })}
        />
        <button class="secondary" onClick={() => panel.update({ choosing: null })}>
          {strings.close}
        </button>
      </div>
      {found === undefined && <p role="status">{strings.searching}</p>}
      {found?.length === 0 && <p role="status">{strings.noneFound}</p>}
      {more && <p class="hint">{strings.more}</p>}
      <ul class="thumbnails">
        {found?.map(({ uri, path, thumbnail }) => (
          <li key={uri}>
            <button class="thumbnail" title={path} onClick={() => panel.send({ type: 'open', uri })}>
              <Thumbnail url={thumbnail} path={path} />
              <span>{path}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The file itself, drawn small; the kind of file where the browser cannot draw it (TIFF, what is broken). */
function Thumbnail({ url, path }: { readonly url: string; readonly path: string }) {
  const kind = path.slice(path.lastIndexOf('.') + 1).toUpperCase();
  return (
    <span class="drawn" data-kind={kind}>
      <img
        src={url}
        alt=""
        loading="lazy"
        onError={({ currentTarget }) => {
          currentTarget.hidden = true;
        }}
      />
    </span>
  );
}

/** A picture of a person's: its bytes go to the extension, which says when it cannot be read. */
export async function upload(panel: Panel, file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  panel.send({ type: 'upload', name: file.name === '' ? 'pasted.png' : file.name, bytes });
}
