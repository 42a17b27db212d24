// Where GraphiQL keeps what its user typed. It writes late, also when it is gone already: what is
// closed keeps nothing of that.

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

  /** Forgets everything, for good. */
  close() {
    this.clear();
    this.storage = undefined;
  }
}
