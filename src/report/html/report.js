// What the page does beyond being read: sorting, filtering, tips, light and dark. Without it all is there to be read.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Light and dark: the reader's own choice until the page is closed.
  const theme = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const tellTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tellTheme();
  });
  system.addEventListener("change", tellTheme);
  tellTheme();

  // Tables: a button in every heading sorts, a box filters.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent.trim();
  };
  // Numbers before words, in either direction: a dash or `drained` is no number to be ranked.
  const compare = (left, right, direction) => {
    const isNumber = [typeof left === "number", typeof right === "number"];
    if (isNumber[0] !== isNumber[1]) return isNumber[0] ? -1 : 1;
    return direction * (isNumber[0] ? left - right : collator.compare(left, right));
  };
  const sort = (table, heading) => {
    const column = heading.cellIndex;
    const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [keyOf(row, column), row]);
    rows.sort((left, right) => compare(left[0], right[0], direction));
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    body.append(...rows.map(([, row]) => row));
  };
  const filter = (body, words, told) => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    const count = body.rows.length;
    told.textContent = wanted.length > 0 ? `${shown} of ${count} rows` : `${count} rows`;
  };
  for (const section of all("[data-sortable]")) {
    const table = section.querySelector("table");
    for (const heading of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      // Paper repeats headings on each page, without their buttons.
      heading.dataset.words = heading.textContent;
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, heading));
    }
    const tools = section.querySelector(".tools");
    const box = tools.querySelector("input");
    box.addEventListener("input", () => filter(table.tBodies[0], box.value, tools.querySelector("output")));
    tools.hidden = false;
  }
  const hint = document.getElementById("how-to-sort");
  if (hint) hint.hidden = false;

  // A link to a row that a filter hides, or to a sentence that is folded away, shows it again.
  const reveal = () => {
    const own = document.getElementById(location.hash.slice(1));
    const fold = own?.closest("details:not([open])");
    if (fold) fold.open = true;
    const row = own?.closest("tr[hidden]");
    if (row) {
      const box = row.closest("[data-sortable]").querySelector("input");
      box.value = "";
      box.dispatchEvent(new Event("input"));
    }
    if (fold || row) own.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  addEventListener("beforeprint", () => all("details:not(.unprinted)").forEach((own) => (own.open = true)));

  // Tips: what a bar or a flow counts, under the pointer, under a finger, or by the arrow keys.
  const tip = document.getElementById("tip");
  let told = null;
  const hide = () => {
    tip.hidden = true;
    told?.classList.remove("told");
    told = null;
  };
  const show = (mark, x, y) => {
    if (told !== mark) {
      hide();
      told = mark;
      mark.classList.add("told");
      tip.textContent = mark.dataset.tip;
      tip.hidden = false;
    }
    const { offsetWidth: width, offsetHeight: height } = tip;
    const left = Math.min(Math.max(8, x + 14), root.clientWidth - width - 8);
    const isAbove = y + 18 + height > innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, isAbove ? y - height - 12 : y + 18)}px`;
  };
  // The browser's own titles would show beside ours.
  for (const title of all(".chart svg title")) {
    const owner = title.parentElement;
    if (owner.localName === "svg") {
      owner.setAttribute("aria-label", title.textContent);
    } else {
      owner.dataset.tip = title.textContent;
    }
    title.remove();
  }
  for (const kind of ["pointermove", "pointerdown"]) {
    addEventListener(kind, (event) => {
      const mark = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
      if (mark) show(mark, event.clientX, event.clientY);
      else hide();
    });
  }
  addEventListener("scroll", () => told && !told.closest("figure:focus") && hide(), { passive: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
  for (const figure of all("figure.chart")) {
    const marks = () => all("[data-tip]", figure).filter((mark) => mark.getClientRects().length > 0);
    if (all("[data-tip]", figure).length === 0) continue;
    figure.tabIndex = 0;
    figure.setAttribute("aria-roledescription", "chart, arrow keys tell its numbers");
    figure.addEventListener("blur", hide);
    figure.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const shown = marks();
      if (!step || shown.length === 0) return;
      event.preventDefault();
      const at = shown.indexOf(told);
      const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : (at + step + shown.length) % shown.length;
      const mark = shown[next];
      mark.scrollIntoView({ block: "nearest" });
      const box = mark.getBoundingClientRect();
      show(mark, box.left + Math.min(box.width / 2, 240), Math.min(box.bottom, innerHeight) - 10);
    });
  }
})();
