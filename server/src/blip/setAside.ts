/** What crashed the inference process too often: it is refused from then on, by name and with what to do. */
import { BlipError } from './errors.ts';
import { modelKey, type InferenceTask } from './inferenceMessages.ts';

/** A checkpoint whose loading killed the process this often is set aside until a restart. */
const loadCrashLimit = 3;

export class SetAside {
  readonly #loadCrashes = new Map<string, number>();
  readonly #images = new Set<string>();

  /** Why the task is not tried (again); null where it is. */
  refusal(task: InferenceTask): BlipError | null {
    if ('model' in task && (this.#loadCrashes.get(modelKey(task.model)) ?? 0) >= loadCrashLimit) {
      return new BlipError(
        'InferenceCrashed',
        `The model in ${task.model.folder} crashed the inference process ${loadCrashLimit} times and is set aside. ` +
          'Verify or download it again, then restart Image Captioner.',
      );
    }
    if ('image' in task && this.#images.has(task.image.key)) return imageCrashed();
    return null;
  }

  /** The process died while it loaded the model. */
  loadCrashed(model: string): void {
    this.#loadCrashes.set(model, (this.#loadCrashes.get(model) ?? 0) + 1);
  }

  loaded(model: string): void {
    this.#loadCrashes.delete(model);
  }

  imageCrashedTwice(task: InferenceTask): void {
    if ('image' in task) this.#images.add(task.image.key);
  }

  clear(): void {
    this.#loadCrashes.clear();
    this.#images.clear();
  }
}

export function imageCrashed(): BlipError {
  return new BlipError(
    'InferenceCrashed',
    'The inference process crashed twice on this picture; it is set aside. Save the picture in another format, or restart Image Captioner to try again.',
  );
}
