// What a client made of numbered events, of which each should arrive once and in order.

export class Sequence {
  #seen = new Set();
  #highest = 0;
  doubled = 0;
  disordered = 0;

  received(number) {
    if (this.#seen.has(number)) {
      this.doubled += 1;
      return;
    }
    this.#seen.add(number);
    if (number < this.#highest) this.disordered += 1;
    else this.#highest = number;
  }

  lostOf(published) {
    return published - this.#seen.size;
  }
}
