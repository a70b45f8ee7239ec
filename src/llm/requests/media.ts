/** What models take beside text, and which target of a route takes it. */
import { TimonelError } from '../../errors.ts';
import type { ModelMedium, Route, RouteTarget } from '../routes/route.ts';

/** What the current models of a provider take. Of others a route has to say it: asked for what they cannot read, some answer nonsense. */
const byProvider: ReadonlyMap<string, readonly ModelMedium[]> = new Map([
  ['anthropic', ['image', 'pdf']],
  ['openai', ['image', 'pdf']],
  ['google', ['image', 'audio', 'pdf']],
]);

export function takenBy({ model, media }: Pick<RouteTarget, 'model' | 'media'>): readonly ModelMedium[] {
  return media ?? byProvider.get(model.slice(0, Math.max(0, model.indexOf('/')))) ?? [];
}

/** Routes without the targets that cannot read what a prompt holds; the same object for the same question, as others keep things by it. */
export class RoutesByMedia {
  readonly #narrowed = new WeakMap<Route, Map<string, Route>>();

  /** @throws TimonelError `part_unsupported` where no target is left */
  narrowed(route: Route, media: ReadonlySet<ModelMedium> | undefined): Route {
    if (media === undefined || media.size === 0) return route;
    const key = [...media].sort().join();
    const known = this.#narrowed.get(route)?.get(key);
    if (known !== undefined) return known;
    const targets = route.targets.filter((target) => [...media].every((medium) => takenBy(target).includes(medium)));
    if (targets.length === 0) {
      const what = [...media].join(' and ');
      throw new TimonelError(
        'part_unsupported',
        `No model of "${route.alias}" takes ${what}. Send text, or put a model that does on the route; "media" of its target says so where the provider does not.`,
      );
    }
    const narrowed = targets.length === route.targets.length ? route : { ...route, targets };
    this.#narrowed.set(route, (this.#narrowed.get(route) ?? new Map<string, Route>()).set(key, narrowed));
    return narrowed;
  }
}
