/** How the widget looks. A sheet made in code needs no leave of the page's policy for styles; nothing of the page's own styles comes in. */

/**
 * @param {string} accent `#rrggbb`
 * @returns {CSSStyleSheet}
 */
export function sheetOf(accent) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:host { --accent: ${accent}; --on-accent: ${inkOn(accent)}; }\n${rules}`);
  return sheet;
}

/**
 * Black or white, whichever is read better on the colour (WCAG 2, relative luminance).
 * @param {string} colour
 */
export function inkOn(colour) {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#0b0f14';
}

const rules = `
:host {
  --surface: #ffffff; --ground: #f4f6f8; --ink: #17202a; --quiet: #56616e; --line: #d9dfe5; --theirs: #ffffff; --person: #fff4d6;
  --person-line: #e6c766; --bad: #b42318; --shadow: 0 1px 2px rgb(16 24 40 / 8%), 0 12px 32px rgb(16 24 40 / 18%);
  all: initial; position: fixed; inset: auto 20px 20px auto; z-index: 2147483000; color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :host {
    --surface: #171b21; --ground: #0f1216; --ink: #edf1f5; --quiet: #a3aebb; --line: #2d343d; --theirs: #20262e; --person: #33290d;
    --person-line: #7a6220; --bad: #ff9a8f; --shadow: 0 1px 2px rgb(0 0 0 / 40%), 0 16px 40px rgb(0 0 0 / 55%);
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
/* A ring of two colours is seen on any ground. */
:focus-visible { outline: 2px solid #ffffff; outline-offset: 0; box-shadow: 0 0 0 4px #0b0f14; }
textarea:focus-visible { outline: none; border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent), 0 0 0 2px var(--ink); }
.launcher {
  position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin-left: auto; border: 0; border-radius: 50%;
  background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow); transition: transform .15s ease;
}
.launcher:hover { transform: translateY(-2px); }
.launcher svg { width: 28px; height: 28px; }
.badge {
  position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #b42318;
  color: #ffffff; font-size: 12px; font-weight: 700; line-height: 22px; text-align: center;
}
.panel {
  display: flex; flex-direction: column; width: min(390px, calc(100vw - 24px)); height: min(620px, calc(100dvh - 112px)); margin-bottom: 14px;
  overflow: hidden; border: 1px solid var(--line); border-radius: 18px; background: var(--surface); box-shadow: var(--shadow);
}
header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 14px 18px; background: var(--accent); color: var(--on-accent); }
header div { flex: 1; min-width: 0; }
h2 { margin: 0; overflow: hidden; font-size: 16px; font-weight: 650; text-overflow: ellipsis; white-space: nowrap; }
.status { margin: 1px 0 0; font-size: 13px; }
.status::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px; border-radius: 50%; background: currentColor; }
.icon { display: grid; flex: none; place-items: center; width: 40px; height: 40px; border: 0; border-radius: 10px; background: none; }
.icon svg { width: 22px; height: 22px; }
.icon:hover { background: rgb(127 127 127 / 22%); }
.notice { margin: 0; padding: 9px 18px; border-bottom: 1px solid var(--line); background: var(--person); color: var(--ink); font-size: 13px; }
.log { display: flex; flex: 1; flex-direction: column; gap: 8px; margin: 0; padding: 18px 16px; overflow-y: auto; background: var(--ground); overscroll-behavior: contain; }
.message { display: flex; flex-direction: column; align-items: flex-start; max-width: 86%; }
.message.visitor { align-self: flex-end; align-items: flex-end; }
.name { margin: 6px 4px 3px; color: var(--quiet); font-size: 12px; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.bubble {
  margin: 0; padding: 9px 13px; border: 1px solid var(--line); border-radius: 16px 16px 16px 5px; background: var(--theirs);
  overflow-wrap: anywhere; white-space: pre-wrap;
}
.visitor .bubble { border-color: transparent; border-radius: 16px 16px 5px 16px; background: var(--accent); color: var(--on-accent); }
.person .bubble { border-color: var(--person-line); background: var(--person); }
.bubble a { color: inherit; }
.file { display: flex; align-items: center; gap: 9px; }
.file svg { flex: none; width: 20px; height: 20px; }
.file small { display: block; opacity: .8; }
.bubble + .bubble { margin-top: 5px; }
.sent { margin: 3px 4px 0; color: var(--quiet); font-size: 12px; }
.sent.failed { color: var(--bad); }
.sent button { padding: 2px 4px; border: 0; background: none; color: inherit; font-weight: 600; text-decoration: underline; }
.options { display: flex; flex-wrap: wrap; gap: 8px; padding: 2px 0 4px; }
.options button {
  padding: 8px 14px; border: 1.5px solid var(--accent); border-radius: 18px; background: var(--surface); color: var(--ink); text-align: left;
}
.options button:hover { background: var(--accent); color: var(--on-accent); }
.working { display: flex; gap: 5px; width: fit-content; padding: 13px 14px; }
.working i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: beat 1.2s infinite ease-in-out; }
.working i:nth-child(2) { animation-delay: .15s; }
.working i:nth-child(3) { animation-delay: .3s; }
@keyframes beat { 0%, 60%, 100% { opacity: .3; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }
form { display: flex; align-items: flex-end; gap: 8px; padding: 10px; border-top: 1px solid var(--line); background: var(--surface); }
textarea {
  flex: 1; min-height: 42px; max-height: 132px; padding: 9px 14px; border: 1px solid var(--quiet); border-radius: 21px; background: var(--surface);
  line-height: 22px; resize: none;
}
textarea::placeholder { color: var(--quiet); opacity: 1; }
form .icon { width: 42px; height: 42px; color: var(--quiet); }
form .send { border-radius: 50%; background: var(--accent); color: var(--on-accent); }
form .send:hover { background: var(--accent); filter: brightness(1.1); }
@media (max-width: 480px) {
  :host { inset: auto 12px 12px auto; }
  .panel { position: fixed; inset: 0; width: auto; height: auto; margin: 0; border: 0; border-radius: 0; }
  .panel:not([hidden]) + .launcher { display: none; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .bubble, .launcher, .options button, header { border: 1px solid CanvasText; } }
`;
