/**
 * An even share of the points, in their order.
 * @template Point
 * @param {readonly Point[]} points
 * @param {number} share 0 to 1
 * @param {(point: Point) => boolean} isAlways points that are never left out
 */
export function spread(points, share, isAlways = () => false) {
  return points.filter(
    (point, index) => isAlways(point) || Math.floor((index + 1) * share) > Math.floor(index * share),
  );
}

/** Where money is spent. */
export function isAtCreate({ id }) {
  return id.includes('batches.create');
}
