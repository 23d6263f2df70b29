export type MetadataKey = unknown;

/** What we use of the package reflect-metadata. */
interface ReflectMetadata {
  defineMetadata(key: MetadataKey, value: unknown, target: object, name?: string | symbol): void;
  getOwnMetadata(key: MetadataKey, target: object, name?: string | symbol): unknown;
  getOwnMetadataKeys(target: object): readonly MetadataKey[];
}

/**
 * The reflect-metadata that everybody in this process uses, if somebody has loaded it. Copies and
 * versions of that package agree on what the global `Reflect` does; one that we imported ourselves
 * might be another.
 */
export function reflectMetadata(): ReflectMetadata | undefined {
  const reflect: object = Reflect;
  return 'defineMetadata' in reflect ? (reflect as ReflectMetadata) : undefined;
}
