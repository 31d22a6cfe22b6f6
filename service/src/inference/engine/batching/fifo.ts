/** A first-in first-out queue whose head can be looked into. `shift` is amortised constant time. */
export class Fifo<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  /** The `index`-th item from the head, or undefined past the end. */
  at(index: number): T | undefined {
    return this.items[this.head + index];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): T | undefined {
    const item = this.items[this.head];
    if (this.head < this.items.length) {
      this.items[this.head] = undefined;
      this.head += 1;
      if (this.head === this.items.length) {
        this.clear();
      } else if (this.head >= 1024 && this.head * 2 >= this.items.length) {
        this.compact();
      }
    }
    return item;
  }

  /** Takes out every item that `unwanted` is true of, and gives them. */
  remove(unwanted: (item: T) => boolean): T[] {
    const removed: T[] = [];
    const kept: T[] = [];
    for (let index = this.head; index < this.items.length; index += 1) {
      const item = this.items[index];
      if (item !== undefined) {
        (unwanted(item) ? removed : kept).push(item);
      }
    }
    if (removed.length > 0) {
      this.items = kept;
      this.head = 0;
    }
    return removed;
  }

  private clear(): void {
    this.items.length = 0;
    this.head = 0;
  }

  private compact(): void {
    this.items.splice(0, this.head);
    this.head = 0;
  }
}
