/** A page of Timonel's own with nothing on it but the chat: for shops without a page, behind a link or a QR code. */

export interface ChatPage {
  html: string;
  policy: string;
}

const texts = {
  es: { noScript: 'El chat necesita JavaScript.', hint: 'Escribinos por acá.' },
  en: { noScript: 'The chat needs JavaScript.', hint: 'Write to us here.' },
};

/** @param nonce of its one style element; the widget makes its own in code */
export function chatPage({
  connection,
  title,
  language,
  nonce,
}: {
  connection: string;
  title: string;
  language: 'es' | 'en';
  nonce: string;
}): ChatPage {
  const { noScript, hint } = texts[language];
  return {
    html: `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style nonce="${nonce}">:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}main{max-width:34rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1.375rem}</style>
</head><body><main><h1>${escaped(title)}</h1><p>${hint}</p><noscript><p>${noScript}</p></noscript></main>
<script async src="../widget.js" data-connection="${escaped(connection)}" data-open></script></body></html>`,
    policy: [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
      `style-src 'nonce-${nonce}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join(';'),
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
