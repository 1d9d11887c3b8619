import { stripVTControlCharacters } from 'node:util';
import type { Screen, Terminal } from './screen.ts';
import { renderTable } from './table.ts';

const widest = 100;

/** The live table: each drawing takes the place of the one before, whatever was done to the window in between. */
export function openTableScreen(terminal: Terminal): Screen {
  let drawn: readonly string[] = [];
  const draw = (lines: readonly string[]) => {
    // The line is cleared to its end after the text, so that nothing flickers; what is below the table goes.
    terminal.write(`${home(drawn, terminal)}${lines.map((line) => `${line}\u001B[K\n`).join('')}\u001B[J`);
    drawn = lines;
  };
  return {
    show(status, now) {
      const isOver = status.completionTime !== undefined;
      // The last drawing stays, so it may be higher than the window.
      const rows = isOver ? Infinity : terminal.rows() - 1;
      draw(renderTable(status, { now, columns: Math.min(widest, terminal.columns()), rows, isColoured: terminal.isColoured }));
    },
    tell() {
      // The table shows it.
    },
    note(line) {
      const below = drawn;
      terminal.write(`${home(drawn, terminal)}\u001B[J${line}\n`);
      drawn = [];
      draw(below);
    },
  };
}

/**
 * To the first character of the last drawing. A window that became narrower has folded its lines. The carriage return
 * is for whatever was typed meanwhile: Ctrl-C leaves `^C`.
 */
function home(drawn: readonly string[], terminal: Terminal): string {
  const columns = Math.max(1, terminal.columns());
  const height = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)), 0);
  return height === 0 ? '\r' : `\r\u001B[${height}A`;
}
