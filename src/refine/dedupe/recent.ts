/** Remembers what was made for the `most` records that were asked for last. */
export function createRecent<T>(most: number, make: (record: number) => T): (record: number) => T {
  const recent = new Map<number, T>();
  return (record) => {
    const known = recent.get(record);
    const made = known ?? make(record);
    // Behind all others: a map is in the order in which its members came.
    if (known !== undefined) recent.delete(record);
    else if (recent.size >= most)
      for (const oldest of recent.keys()) {
        recent.delete(oldest);
        break;
      }
    recent.set(record, made);
    return made;
  };
}
