import {
  asCommandLine,
  asSettingsJson,
  conflicts,
  idle,
  parameters,
  presets,
} from '../../client/src/panelParameters.ts';
import type { Conflict, Parameter } from '../../client/src/panelParameters.ts';
import type { Panel } from './panel.ts';
import { activeOptions, type PanelState } from './panelState.ts';
import { strings } from './strings.ts';

interface Props {
  readonly panel: Panel;
  readonly state: PanelState;
}

/** Every parameter with what it does; a change captions again from the picture as it was encoded already. */
export function ParameterPart({ panel, state }: Props) {
  const options = activeOptions(state);
  const found = conflicts(options);
  const notes = [...found, ...idle(options)];
  const send = (target: 'user' | 'workspace') => panel.send({ type: 'save', target, options });
  const [setup] = state.setups;
  const model = {
    model: setup?.model ?? state.models?.current.id ?? null,
    precision: setup?.precision ?? state.models?.current.precision ?? null,
  };
  return (
    <details
      class="part parameters"
      open={state.open.parameters}
      onToggle={({ currentTarget }) => panel.fold('parameters', currentTarget.open)}
    >
      <summary>
        <h2>{strings.parameters}</h2>
      </summary>
      <div class="toolbar" role="group" aria-label={strings.presets}>
        {presets.map(({ name, options }) => (
          <button key={name} class="secondary" onClick={() => panel.useOptions(options)}>
            {name}
          </button>
        ))}
        <button class="secondary" onClick={() => panel.useOptions({})}>
          {strings.reset}
        </button>
      </div>
      {found.length > 0 && (
        <div class="message error" role="alert">
          <p>{strings.conflicts}:</p>
          <ul>
            {found.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </div>
      )}
      <div class="controls">
        {parameters.map((parameter) => (
          <Control
            key={parameter.name}
            panel={panel}
            parameter={parameter}
            value={options[parameter.name]}
            note={notes.find(({ name }) => name === parameter.name) ?? null}
            wrong={found.some(({ name }) => name === parameter.name)}
          />
        ))}
      </div>
      <div class="toolbar">
        <button class="secondary" disabled={found.length > 0} onClick={() => send('user')}>
          {strings.saveUser}
        </button>
        <button class="secondary" disabled={found.length > 0} onClick={() => send('workspace')}>
          {strings.saveWorkspace}
        </button>
        <button class="secondary" onClick={() => panel.send({ type: 'copy', text: asSettingsJson(options) })}>
          {strings.copyJson}
        </button>
        <button
          class="secondary"
          onClick={() => panel.send({ type: 'copy', text: asCommandLine(options, fileOf(state), model) })}
        >
          {strings.copyCommand}
        </button>
      </div>
    </details>
  );
}

function fileOf({ source, picture }: PanelState): string {
  if (source?.kind !== 'file') return picture?.name ?? 'picture.png';
  const path = decodeURIComponent(new URL(source.uri).pathname);
  return /^\/[a-z]:/i.test(path) ? path.slice(1) : path;
}

interface ControlProps {
  readonly panel: Panel;
  readonly parameter: Parameter;
  readonly value: unknown;
  readonly note: Conflict | null;
  readonly wrong: boolean;
}

function Control({ panel, parameter, value, note, wrong }: ControlProps) {
  const { name, meaning, range } = parameter;
  const described = `${name}-meaning${note === null ? '' : ` ${name}-note`}`;
  return (
    <div class="control" data-set={value !== undefined}>
      <div class="control-head">
        <label for={name}>{name}</label>
        {value !== undefined && (
          <button
            class="link"
            title={strings.clear(name)}
            aria-label={strings.clear(name)}
            onClick={() => panel.setOption(name, undefined)}
          >
            ✕
          </button>
        )}
      </div>
      <Field panel={panel} parameter={parameter} value={value} described={described} wrong={wrong} />
      <p class="meaning" id={`${name}-meaning`}>
        {meaning}{' '}
        <span class="range">
          {strings.valid}: {range}.
        </span>
      </p>
      {note !== null && (
        <p class={`message ${wrong ? 'error' : 'warning'}`} id={`${name}-note`}>
          {note.message}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends Omit<ControlProps, 'note'> {
  readonly described: string;
}

function Field({ panel, parameter, value, described, wrong }: FieldProps) {
  const { name } = parameter;
  const same = { id: name, 'aria-describedby': described, 'aria-invalid': wrong };
  const own = strings.modelOwn(parameter.fallback);
  switch (parameter.kind) {
    case 'choice':
      return (
        <select
          {...same}
          value={typeof value === 'boolean' || typeof value === 'string' ? String(value) : ''}
          onChange={({ currentTarget }) => {
            const chosen = parameter.choices.find((choice) => String(choice) === currentTarget.value);
            panel.setOption(name, chosen);
          }}
        >
          <option value="">{own}</option>
          {parameter.choices.map((choice) => (
            <option key={String(choice)} value={String(choice)}>
              {String(choice)}
            </option>
          ))}
        </select>
      );
    case 'number': {
      const set = (text: string): void => panel.setOption(name, text === '' ? undefined : Number(text));
      const { slider, least, step } = parameter;
      return (
        <div class="number">
          <input
            {...same}
            type="number"
            min={least}
            max={parameter.most}
            step={step}
            placeholder={own}
            ref={(input) => showNumber(input, value)}
            onInput={({ currentTarget }) => currentTarget.validity.badInput || set(currentTarget.value)}
          />
          {slider !== null && (
            <input
              type="range"
              aria-label={strings.slider(name)}
              min={slider[0]}
              max={slider[1]}
              step={step}
              value={typeof value === 'number' ? value : Number.parseFloat(parameter.fallback)}
              data-set={value !== undefined}
              onInput={({ currentTarget }) => set(currentTarget.value)}
            />
          )}
        </div>
      );
    }
    case 'text':
      return (
        <input
          {...same}
          type="text"
          placeholder={own}
          value={typeof value === 'string' ? value : ''}
          onInput={({ currentTarget }) =>
            panel.setOption(name, currentTarget.value === '' ? undefined : currentTarget.value)
          }
        />
      );
    case 'words':
      return (
        <input
          {...same}
          type="text"
          placeholder={own}
          value={Array.isArray(value) ? value.join(', ') : ''}
          onChange={({ currentTarget }) => {
            const words = currentTarget.value
              .split(',')
              .map((word) => word.trim())
              .filter((word) => word !== '');
            panel.setOption(name, words.length === 0 ? undefined : words);
          }}
        />
      );
  }
}

/** Leaves alone what is being typed: `0.` and `0.0` are 0 on their way to 0.05. */
function showNumber(input: HTMLInputElement | null, value: unknown): void {
  if (input === null || input.validity.badInput) return;
  const shown = input.value === '' ? undefined : Number(input.value);
  if (shown !== value) input.value = typeof value === 'number' ? String(value) : '';
}
