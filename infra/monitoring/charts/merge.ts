/** Values of a Helm chart. */
export interface Values {
  readonly [name: string]: Value;
}
type Value = string | number | boolean | null | readonly Value[] | Values;

/** `over` laid onto `values`: objects are merged, everything else is replaced, as `helm --values` does. */
export function merge(values: Values, over: Values): Values {
  const merged = Object.entries(over).map(([name, value]) => {
    const below = values[name];
    return [name, isObject(below) && isObject(value) ? merge(below, value) : value] as const;
  });
  return { ...values, ...Object.fromEntries(merged) };
}

function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
