/** The line, from 1, of the first fault in text that JSON.parse refuses. */
export function findJsonFaultLine(text: string): number {
  const position = faultOf(text)?.position;
  if (position !== undefined) return text.slice(0, position).split('\n').length;
  // Some messages name no place: search the shortest run of lines that no further text could mend.
  const lines = text.split('\n');
  let sound = 0;
  let faulty = lines.length;
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    const beginning = lines.slice(0, middle).join('\n');
    const fault = faultOf(beginning);
    const isCutOff = fault?.isEnd === true || fault?.position === beginning.length;
    if (fault === undefined || isCutOff) sound = middle;
    else faulty = middle;
  }
  return faulty;
}

interface Fault {
  readonly position: number | undefined;
  /** The text ends where more was due. */
  readonly isEnd: boolean;
}

function faultOf(text: string): Fault | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = / at position (\d{1,9})/.exec(message)?.[1];
    return {
      position: position === undefined ? undefined : Number(position),
      isEnd: message.startsWith('Unexpected end'),
    };
  }
}
