// The storage for what a user types into GraphiQL. GraphiQL writes with a delay, possibly after the
// user has logged out; after close(), nothing is stored.

export class OneUserStorage {
  constructor(storage) {
    this.storage = storage;
  }

  getItem(key) {
    return this.storage?.getItem(key) ?? null;
  }

  setItem(key, value) {
    this.storage?.setItem(key, value);
  }

  removeItem(key) {
    this.storage?.removeItem(key);
  }

  clear() {
    this.storage?.clear();
  }

  get length() {
    return this.storage?.length ?? 0;
  }

  /** Deletes everything and stores nothing more. */
  close() {
    this.clear();
    this.storage = undefined;
  }
}
