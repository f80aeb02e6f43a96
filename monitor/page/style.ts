/** The page's whole style sheet; colours are never the only sign of a state. */
export const style = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2026;--soft:#5b6470;--line:#dfe3e8;--up:#1b7f3b;--down:#b3261e;--warn:#8a5a00}
@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e6e9ed;--soft:#9aa4b0;--line:#2c323a;--up:#5fc98a;--down:#ff8a80;--warn:#f0b95b}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:24px 16px}h1{font-size:22px;margin:0 0 16px}h2{font-size:15px;color:var(--soft);font-weight:600;margin:28px 0 8px}
a{color:inherit}.headline{font-size:19px;font-weight:600;margin:0;padding:14px 16px;border:1px solid var(--line);border-left-width:6px;border-radius:6px}
.up{--c:var(--up)}.down,.held{--c:var(--down)}.failing,.unknown{--c:var(--warn)}.headline{border-left-color:var(--c)}.headline span,.mark,.word{color:var(--c)}
ul{list-style:none;margin:0;padding:0}.row{display:grid;grid-template-columns:1.5em 1fr auto 5em;gap:0 8px;padding:8px 0;border-bottom:1px solid var(--line);align-items:baseline}
.mark{font-weight:700}.name{text-decoration:none;overflow-wrap:anywhere}.name:hover{text-decoration:underline}.ms{text-align:right;color:var(--soft);font-variant-numeric:tabular-nums}
.error{grid-column:2/-1;color:var(--soft);font-size:14px;overflow-wrap:anywhere}.incidents li{padding:6px 0;overflow-wrap:anywhere}footer{margin-top:32px;color:var(--soft);font-size:14px}
.soft,.timeline time{color:var(--soft);font-size:14px}.timeline{list-style:none;padding:0;margin:0}.timeline li{padding:5px 0 5px 14px;border-left:3px solid var(--line);overflow-wrap:anywhere}
.window{border:1px dashed var(--line);border-radius:6px;padding:8px 12px}.done{color:var(--up);font-weight:600}button{font:inherit;padding:8px 14px;margin:0 6px 8px 0;border:1px solid var(--line);border-radius:6px;background:transparent;color:inherit;cursor:pointer}
`.trim();
