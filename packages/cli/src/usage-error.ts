/** Whoever called this program asked for something that there is not. Nothing was done. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** The library says of its options what is wrong with ours. */
export async function checked<T>(work: () => T | PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}
