/** Answers of roles, as models write them. */
export const json = (value: unknown) => `\`\`\`json\n${JSON.stringify(value)}\n\`\`\``;
export const block = (path: string, text: string) => `\`\`\`${path.split('.').at(-1)} path=${path}\n${text}\n\`\`\``;
