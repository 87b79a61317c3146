// What is wrong with the layout of a page, in words; an empty list if nothing is.
(() => {
  const problems = [];
  const root = document.documentElement;
  const short = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 60));

  if (root.scrollWidth > root.clientWidth) {
    problems.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
  }

  // Boxes that scroll downwards are laid out in full, so that all of their text is looked at.
  const unrolled = document.createElement("style");
  unrolled.textContent = "*{max-height:none!important}";
  document.head.append(unrolled);

  // What is folded away is laid out as well.
  const folds = [...document.querySelectorAll("details:not([open])")];
  for (const fold of folds) fold.open = true;

  // What hides the parts of its contents that stand out of it. What scrolls hides nothing.
  const clips = new Map();
  const clipOf = (element) => {
    if (!element || element === root) return null;
    if (clips.has(element)) return clips.get(element);
    const style = getComputedStyle(element);
    const isClip = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
    const own = isClip ? element.getBoundingClientRect() : null;
    const outer = clipOf(element.parentElement);
    const both = own && outer ? intersection(own, outer) : (own ?? outer);
    clips.set(element, both);
    return both;
  };
  const intersection = (a, b) => ({
    left: Math.max(a.left, b.left),
    right: Math.min(a.right, b.right),
    top: Math.max(a.top, b.top),
    bottom: Math.min(a.bottom, b.bottom),
  });
  // Text for screen readers only.
  const isUnseen = (element) => {
    for (let own = element; own && own !== root; own = own.parentElement) {
      const box = own.getBoundingClientRect();
      const style = getComputedStyle(own);
      if (style.visibility === "hidden" || Number(style.opacity) === 0) return true;
      if (style.position === "absolute" && (box.width <= 1 || box.bottom + scrollY < 0)) return true;
    }
    return false;
  };

  // Contrast of two colours, 1 to 21 (WCAG 2.2).
  const luminance = (colour) => {
    const light = colour.match(/[\d.]+/g).slice(0, 3).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05;
  };
  const contrast = (a, b) => Math.max(luminance(a) / luminance(b), luminance(b) / luminance(a));
  // The colour of the last rectangle of a chart that lies below the middle of a text.
  const painted = new Map();
  const groundOf = (svg, rect) => {
    if (!painted.has(svg)) {
      const rects = [...svg.querySelectorAll("rect")].map((own) => ({ box: own.getBoundingClientRect(), fill: getComputedStyle(own).fill }));
      painted.set(svg, rects.filter((own) => own.fill.startsWith("rgb(")));
    }
    const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
    const below = painted.get(svg).filter(({ box }) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
    return below.at(-1)?.fill;
  };

  const boxes = [];
  const add = (text, element, rects) => {
    const clip = clipOf(element);
    for (const rect of rects) {
      if (rect.width < 1 || rect.height < 1) continue;
      if (clip && (rect.left < clip.left - 1 || rect.right > clip.right + 1 || rect.top < clip.top - 2 || rect.bottom > clip.bottom + 2)) {
        problems.push(`cut: ${short(text)}`);
      }
      if (rect.left + scrollX < -1) problems.push(`out of the page: ${short(text)}`);
      // Ascent and descent of a line may reach into the next one; letters do not.
      const inset = rect.height * 0.18;
      boxes.push({ text, element, left: rect.left, right: rect.right, top: rect.top + inset, bottom: rect.bottom - inset });
    }
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE", "TITLE", "NOSCRIPT"].includes(element.tagName.toUpperCase())) continue;
    if (element.closest("svg title, svg desc") || !element.checkVisibility() || isUnseen(element)) continue;
    const svg = element.closest("svg");
    if (svg) {
      const rect = element.getBoundingClientRect();
      const paper = svg.getBoundingClientRect();
      if (rect.left < paper.left - 1 || rect.right > paper.right + 1 || rect.top < paper.top - 1 || rect.bottom > paper.bottom + 1) {
        problems.push(`cut by the edge of a chart: ${short(node.data)}`);
      }
      const size = parseFloat(getComputedStyle(element).fontSize) * (paper.width / svg.viewBox.baseVal.width);
      if (size < 10) problems.push(`${size.toFixed(1)} pixels high: ${short(node.data)}`);
      const ground = groundOf(svg, rect);
      const colour = getComputedStyle(element).fill;
      if (ground && contrast(colour, ground) < 3) problems.push(`faint on its ground: ${short(node.data)}`);
      add(node.data, element, [rect]);
    } else {
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = range.getClientRects();
      const lines = new Set([...rects].map((rect) => Math.round(rect.top)));
      if (/^\s*[\d.,]+( %)?\s*$/.test(node.data) && lines.size > 1) problems.push(`broken number: ${short(node.data)}`);
      add(node.data, element, rects);
    }
  }

  boxes.sort((a, b) => a.top - b.top);
  boxes.forEach((one, index) => {
    for (let at = index + 1; at < boxes.length && boxes[at].top < one.bottom; at += 1) {
      const other = boxes[at];
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - other.top;
      if (across > 1 && down > 1) problems.push(`overlap: ${short(one.text)} and ${short(other.text)}`);
    }
  });

  for (const cell of document.querySelectorAll("th, td")) {
    if (cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1) {
      problems.push(`wider than its cell: ${short(cell.textContent)}`);
    }
  }
  unrolled.remove();
  for (const fold of folds) fold.open = false;
  return problems;
})()
