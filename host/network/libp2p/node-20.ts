/** libp2p 3 uses `Promise.withResolvers` (ECMAScript 2024), which Node has from version 22 on. To be loaded before it. */

interface Resolvers<T> {
  promise: Promise<T>;
  resolve: (value: T | PromiseLike<T>) => void;
  reject: (reason?: unknown) => void;
}

const standard = Promise as typeof Promise & { withResolvers?: <T>() => Resolvers<T> };
standard.withResolvers ??= <T>() => {
  const resolvers = {} as Resolvers<T>;
  resolvers.promise = new Promise<T>((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};
