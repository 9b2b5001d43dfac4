/** The members of one kind of object: every spelling that the service reads, and the one that it writes. */
export interface KnownNames {
  /** No set: every name of every line is looked up, which takes a set three times as long. */
  readonly all: Readonly<Record<string, true | undefined>>;
  readonly camelCase: readonly string[];
}

// As the service's own description of its version v1beta names them on 2026-08-22.

export const GENERATE_REQUEST: KnownNames = namesIn(`
  model contents systemInstruction generationConfig safetySettings tools toolConfig cachedContent store
  serviceTier`);

export const EMBED_REQUEST: KnownNames = namesIn(`
  model content title taskType outputDimensionality embedContentConfig`);

export const GENERATION_CONFIG: KnownNames = namesIn(`
  candidateCount stopSequences maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty
  responseMimeType responseSchema responseJsonSchema responseFormat responseModalities responseLogprobs logprobs
  thinkingConfig speechConfig imageConfig mediaResolution audioTranscriptionConfig translationConfig
  enableAffectiveDialog enableEnhancedCivicAnswers`);

export const CONTENT: KnownNames = namesIn('role parts');

export const PART: KnownNames = namesIn(`
  text inlineData fileData functionCall functionResponse executableCode codeExecutionResult toolCall toolResponse
  thought thoughtSignature videoMetadata mediaResolution mediaProcessing partMetadata`);

/** `function` is how the answer of a function was sent before it became a turn of the user; none is `user`. */
export function isKnownRole(role: unknown): boolean {
  return role === 'user' || role === 'model' || role === 'function' || role === '' || isUnset(role);
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}

function namesIn(text: string): KnownNames {
  const camelCase = text.trim().split(/\s+/);
  const all: Record<string, true> = Object.create(null) as Record<string, true>; // a name such as "constructor" is none
  for (const name of camelCase) {
    all[name] = true;
    all[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = true;
  }
  return { all, camelCase };
}
