/** The page's whole style sheet; colours are never the only sign of a state. */
export const STYLE = `
:root{
  color-scheme:light dark;--bg:#fff;--fg:#1c2026;--soft:#5b6470;--line:#dfe3e8;--up:#1b7f3b;
  --down:#b3261e;--warn:#8a5a00;--fair:#c27c00;--none:#c3cad3;--up-bg:#eef8f1;--down-bg:#fdf0ef;
  --warn-bg:#fdf6e7;--line1:#0b57d0;--line2:#7a4fc4;--line3:#5b6470
}
@media(prefers-color-scheme:dark){
  :root{
    --bg:#14171b;--fg:#e6e9ed;--soft:#9aa4b0;--line:#2c323a;--up:#5fc98a;--down:#ff8a80;
    --warn:#f0b95b;--fair:#f0b95b;--none:#4a535e;--up-bg:#16231b;--down-bg:#2b1b1b;
    --warn-bg:#282115;--line1:#8ab4f8;--line2:#c5a3ff;--line3:#9aa4b0
  }
}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:760px;margin:0 auto;padding:24px 16px}
h1{font-size:22px;margin:0 0 16px}
h2{font-size:15px;color:var(--soft);font-weight:600;margin:28px 0 8px}
a{color:inherit}
.headline{
  font-size:19px;font-weight:600;margin:0;padding:14px 16px;border:1px solid var(--line);
  border-left-width:6px;border-radius:6px
}
.up{--c:var(--up);--tint:var(--up-bg)}
.down,.held{--c:var(--down);--tint:var(--down-bg)}
.failing,.unknown{--c:var(--warn);--tint:var(--warn-bg)}
.headline{border-left-color:var(--c);background:var(--tint);overflow-wrap:anywhere}
.headline span,.mark,.word{color:var(--c)}
ul{list-style:none;margin:0;padding:0}
.row{
  display:grid;grid-template-columns:1.5em 1fr auto 5em;gap:0 8px;padding:8px 0;
  border-bottom:1px solid var(--line);align-items:baseline
}
.bars{grid-column:2/4;width:100%;height:28px;display:block;margin-top:4px}
.bars .good{fill:var(--up)}
.bars .fair{fill:var(--fair)}
.bars .bad{fill:var(--down)}
.bars .none{fill:var(--none)}
.share{
  text-align:right;color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums;
  align-self:end;white-space:nowrap
}
.other{grid-template-columns:1.5em 1fr auto}
.other .name{overflow-wrap:normal}
:focus-visible{outline:3px solid var(--line1);outline-offset:2px}
.mark{font-weight:700}
.name{text-decoration:none;overflow-wrap:anywhere}
.name:hover{text-decoration:underline}
.ms{text-align:right;color:var(--soft);font-variant-numeric:tabular-nums}
.error{grid-column:2/-1;margin-top:4px;color:var(--soft);font-size:14px;overflow-wrap:anywhere}
.incidents li{padding:6px 0;overflow-wrap:anywhere}
footer{margin-top:32px;color:var(--soft);font-size:14px}
.soft,.timeline time{color:var(--soft);font-size:14px}
.timeline{list-style:none;padding:0;margin:0}
.timeline li{padding:5px 0 5px 14px;border-left:3px solid var(--line);overflow-wrap:anywhere}
.stale::before{
  content:"The status page does not answer now; this is of before.";display:block;
  margin-bottom:12px;color:var(--down)
}
.window{border:1px dashed var(--line);border-radius:6px;padding:8px 12px}
.done{color:var(--up);font-weight:600}
button{
  font:inherit;padding:8px 14px;margin:0 6px 8px 0;border:1px solid var(--line);border-radius:6px;
  background:transparent;color:inherit;cursor:pointer
}
.sketch{width:100%;height:auto;display:block}
.sketch path{fill:none;stroke-width:1.5;vector-effect:non-scaling-stroke}
.sketch .l1{stroke:var(--line1)}
.sketch .l2{stroke:var(--line2);stroke-dasharray:6 3}
.sketch .l3{stroke:var(--line3);stroke-dasharray:2 3}
.sketch .lf{stroke:var(--down);stroke-width:3}
.sketch text{fill:var(--soft);font-size:12px}
.tabs{margin-bottom:8px}
.tabs a,.tabs b{margin-right:10px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}
td:last-child{min-width:9em}
th{color:var(--soft);font-weight:600}
.buttons form,.window form{display:inline-block}
.buttons{margin-top:6px}
.window button{margin:0 0 0 8px;padding:2px 10px}
h1.headline{margin:0}
input{
  font:inherit;padding:6px 8px;border:1px solid var(--line);border-radius:6px;
  background:transparent;color:inherit;max-width:100%
}
.line label{display:inline-block;margin:0 8px 8px 0}
#chart{min-height:200px}
.u-legend{font-size:13px}
.u-legend th,.u-legend td{border:0;padding:2px 4px}
@media(max-width:480px){
  .row{grid-template-columns:1.5em 1fr auto}
  .bars{grid-row:2;grid-column:2/-1}
  .share{grid-row:3;grid-column:2;text-align:left}
  .row .ms{grid-row:3;grid-column:3;font-size:13px}
  .error{grid-row:4}
  .other .error{grid-row:2}
}
`
  .replace(/\n */g, "")
  .trim();
