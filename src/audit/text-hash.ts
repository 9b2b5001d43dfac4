/** 32 bits of a text, to tell apart two answers to one request; not against an adversary. */
export function hashText(text: string): number {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x27d4eb2f) + high;
  }
  return (high ^ (high >>> 15) ^ low ^ (low >>> 13)) >>> 0;
}
